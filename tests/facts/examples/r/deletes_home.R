# expect: destruction | source: T1485
unlink("~", recursive = TRUE, force = TRUE)
