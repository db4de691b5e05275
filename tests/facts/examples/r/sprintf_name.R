# expect: disguised-command | source: T1027.010
getFromNamespace(sprintf("%s%s", "shel", "l"), "base")("echo look")
