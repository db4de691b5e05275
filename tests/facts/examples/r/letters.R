# expect: disguised-command | source: T1027.010
n <- paste0(letters[19], letters[25], letters[19], "tem")
get(n, envir = baseenv())("echo look")
