# expect: disguised-command | source: T1027.010
do.call(paste0("sys", "tem2"), list("echo", "look"))
