package catalogue

// What tests look into.
var Overlay = overlay

// Batch is how many lines are written at once.
const Batch = batch
