/* A shim for LD_PRELOAD: each fsync and fdatasync takes SLOW_FSYNC_US microseconds longer. It stands for a
   disk without a write cache of its own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_longer(void) {
	static long us = -1;
	if (us < 0) {
		const char *text = getenv("SLOW_FSYNC_US");
		us = text ? atol(text) : 0;
	}
	struct timespec t = {us / 1000000, us % 1000000 * 1000};
	nanosleep(&t, 0);
}

int fsync(int fd) {
	int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
	int r = real(fd);
	wait_longer();
	return r;
}

int fdatasync(int fd) {
	int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
	int r = real(fd);
	wait_longer();
	return r;
}
