package importer

// SmallBatches has a run take few documents at a time, so that short files have many batches.
func SmallBatches(o Options, documents int) Options {
	o.lines, o.documents = batchLines, documents
	return o
}
