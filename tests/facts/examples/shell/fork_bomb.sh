# expect: process-storm | source: T1499
look() { look | look & }
look
