#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

#include "../context.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

ExitCode run_init(Context& ctx) {
    const Site site = Site::create(ctx.site_path);
    append_audit(site, {.time = ctx.now(),
                        .user = ctx.user,
                        .action = "init",
                        .subject = {},
                        .old_fingerprint = {},
                        .new_fingerprint = {},
                        .result = "done",
                        .reason = {},
                        .ticket = ctx.ticket});
    ctx.out.result({{"site", site.path().string()}});
    ctx.out.text(fmt::format("created the site {}", in_quotes(site.path().string())));
    return ExitCode::done;
}

}  // namespace

void add_init(Command& root) {
    root.command("init", "Make an empty site: the folder that holds certificates, gateways and their history")
        .describe(
            "A site is a folder of plain files that only its owner can read. --site says where; without it "
            "$UMSADM_SITE, else /etc/umsadm for root and ~/.config/umsadm for everybody else.")
        .example("umsadm init", "the site of this user")
        .example("umsadm init --site /srv/umsadm",
                 "a site of its own; say --site with every command, or set UMSADM_SITE")
        .run(run_init);
}

}  // namespace umsadm::app
