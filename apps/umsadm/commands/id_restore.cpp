#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../main_ums_id_storing.hpp"
#include "../ums_id_reading.hpp"
#include "../ums_id_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdRestoreOptions {
    std::string file;
    SecretSource password;
    bool force = false;
};

void ask(Context& ctx, const StoredUmsId& present, const Certificate& next) {
    ctx.prompt.confirm(fmt::format("replace the Main UMS ID {} by {}?", present.record.fingerprint.to_string(),
                                   next.fingerprint().to_string()));
}

ExitCode run_id_restore(const IdRestoreOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    UmsId ums_id = read_ums_id_backup_file(ctx, options.file, options.password);
    const Certificate certificate = ums_id.certificate;

    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    const auto present = load_main(site);
    const bool other = replaces(present, certificate.fingerprint());
    if (other || !present) respect_registered(ctx, site, certificate.fingerprint(), options.force);
    if (other) ask(ctx, *present, certificate);
    if (certificate.not_after() < ctx.now()) ctx.out.warning("this UMS ID has expired");
    const bool complete = present && !other && present->record.has_key;
    if (!complete) {
        make_main(ctx, site,
                  {std::move(ums_id), UmsIdOrigin::restored, std::filesystem::absolute(options.file).string()},
                  "id restore");
    }

    const ShownMain shown = look_up_main(site);
    ctx.out.result(main_json(shown));
    ctx.out.text(complete ? "the site has this Main UMS ID already"
                          : fmt::format("restored the Main UMS ID from {}", in_quotes(options.file)));
    ctx.out.details(main_details(shown, ctx.now()));
    if (!complete) {
        remind_of_registration(ctx, site, certificate.fingerprint());
        ctx.out.note("the servers get it with \"umsadm id sync\"");
    }
    return ExitCode::done;
}

}  // namespace

void add_id_restore(Command& id) {
    const auto options = std::make_shared<IdRestoreOptions>();
    id.command("restore", "Make the UMS ID of a backup the Main UMS ID of the site")
        .describe(
            "Asks when it takes the place of another one, which is kept in ums-id/previous. Servers are not changed "
            "by this: \"umsadm id sync\" does that.")
        .argument("FILE", "a backup of \"umsadm id backup\", or another PKCS#12 file with a UMS ID",
                  into(options->file))
        .option("--password", "SRC", "the password of the backup", into(options->password), Need::required)
        .flag("--force", "also when another one is registered in the license portal", options->force)
        .example("umsadm id restore ums-id.p12 --password prompt", "on a new administration machine, say")
        .run([options](Context& ctx) { return run_id_restore(*options, ctx); });
}

}  // namespace umsadm::app
