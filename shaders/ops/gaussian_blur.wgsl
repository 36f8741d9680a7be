// Gaussian blur: the shared passes reduce, blur_across, blur_down and enlarge. Constants: a Gaussian.
