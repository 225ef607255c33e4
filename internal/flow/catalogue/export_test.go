package catalogue

// Overlay is what tests look into.
var Overlay = overlay
