// Start-up files of R: what stands in them runs at every start (documentation of R, ?Startup).

rule r_profile {
    meta: label = "write.autostart"
    strings:
        $ = /(^|[\/\\~])\.Rprofile\b/
        $ = /\bRprofile\.site\b/
        $ = /(^|[\/\\~])\.Renviron\b/
    condition: any of them
}
