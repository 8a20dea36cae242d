#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/ums_id.hpp"

#include "../login.hpp"
#include "../main_ums_id_storing.hpp"
#include "../server_ums_id_creation.hpp"
#include "../ums_id_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdCreateOptions {
    std::string server;
    bool replace = false;
    bool force = false;
    LoginOptions login;
};

void refuse_or_ask(Context& ctx, const std::optional<StoredUmsId>& present, bool replace) {
    if (!present) return;
    const std::string fingerprint = present->record.fingerprint.to_string();
    if (!replace) {
        throw Error(Code::refused, fmt::format("the site has a Main UMS ID already: {}", fingerprint),
                    "another one takes its place with --replace only: the license portal and the cloud services know "
                    "a UMS by this one");
    }
    ctx.prompt.confirm(fmt::format("replace the Main UMS ID {} by a new one?", fingerprint));
}

ExitCode create_main(const IdCreateOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    const auto present = load_main(site);
    if (!present || options.replace) respect_registered(ctx, site, std::nullopt, options.force);
    refuse_or_ask(ctx, present, options.replace);
    Issued issued = issue_ums_id(ctx.now());
    ctx.cancellation.check();
    make_main(ctx, site, {{issued.certificate, std::move(issued.key)}, UmsIdOrigin::created, {}}, "id create");

    const ShownMain shown = look_up_main(site);
    ctx.out.result(main_json(shown));
    ctx.out.text("created the Main UMS ID of the site");
    ctx.out.details(main_details(shown, ctx.now()));
    remind_of_registration(ctx, site, shown.main->record.fingerprint);
    return ExitCode::done;
}

ExitCode create_local(const IdCreateOptions& options, Context& ctx) {
    if (options.replace) {
        throw Error(Code::usage, "--replace goes with the Main UMS ID of the site only",
                    "the UMS ID of a server is replaced by \"umsadm id sync\"");
    }
    const Site site = ctx.open_site();
    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    const ServerResult result =
        with_context(fmt::format("creating a UMS ID on server {}", in_quotes(options.server)),
                     [&] { return create_on_server(ctx, site, options.server, options.login); });
    const ShownMain main = look_up_main(site);
    ctx.out.result(server_result_json(result, main.fingerprint()));
    show_results(ctx.out, main, {result});
    show_errors(ctx.out, {result});
    if (result.outcome.result == ServerOutcome::created) {
        ctx.out.note(
            "it is a local UMS ID, used after the next restart of the server; \"umsadm id sync\" gives it the "
            "Main UMS ID");
    }
    return results_exit_code({result});
}

ExitCode run_id_create(const IdCreateOptions& options, Context& ctx) {
    return options.server.empty() ? create_main(options, ctx) : create_local(options, ctx);
}

}  // namespace

void add_id_create(Command& id) {
    const auto options = std::make_shared<IdCreateOptions>();
    Command& command = id.command("create", "Generate a UMS ID: the Main one of the site, or a local one on a server");
    command
        .describe(
            "RSA 4096, SHA-512, 20 years, self-signed, nothing of any host in it, as a UMS Server makes one at its "
            "installation. A UMS that runs already has one: take it with \"umsadm id adopt\" instead.")
        .option("--server", "NAME", "on this server, which has none: it generates a local one", into(options->server))
        .offering({OfferKind::server})
        .flag("--replace", "when the site has one: make another one; the present one is kept in ums-id/previous",
              options->replace)
        .flag("--force", "also when another one is registered in the license portal", options->force);
    add_login_options(command, options->login);
    command.example("umsadm id create", "for a new installation")
        .example("umsadm id create --server ums3", "that server lost its own")
        .run([options](Context& ctx) { return run_id_create(*options, ctx); });
}

}  // namespace umsadm::app
