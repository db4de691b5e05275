// Payment addresses, and patterns by which code knows them: Bitcoin, Ethereum, Tron, Monero, Litecoin. By themselves they say
// nothing; beside a clipboard that is read and written they do.

rule address_pattern {
    meta: label = "harm.address_pattern"
    strings:
        $ = /\[[13LM]{1,4}\]\[[A-Za-z0-9-]{5,40}\]\{2[0-9],\s?3[0-9]\}/
        $ = /\bbc1(\[|\(|q\[)[^\n]{3,40}\{[0-9]{2}/
        $ = /\b0x\[[a-fA-F0-9-]{6,20}\]\{40\}/
        $ = /\bT\[[A-Za-z0-9-]{5,40}\]\{33\}/
        $ = /\b4\[[0-9A-Za-z-]{2,20}\]\[[0-9A-Za-z-]{3,60}\]\{9[0-9]\}/
        $ = /\bbc1q[02-9ac-hj-np-z]{38}\b/
        $ = /\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b/
        $ = /\b0x[0-9a-fA-F]{40}\b/
        $ = /\bT[1-9A-HJ-NP-Za-km-z]{33}\b/
    condition: any of them
}
