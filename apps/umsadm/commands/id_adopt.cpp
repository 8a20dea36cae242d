#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../login.hpp"
#include "../main_ums_id_storing.hpp"
#include "../server_session.hpp"
#include "../ums_id_reading.hpp"
#include "../ums_id_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdAdoptOptions {
    std::string server;
    bool force = false;
    LoginOptions login;
};

// What a server gave of its UMS ID. Without a key the reason says why.
struct Given {
    UmsId ums_id;
    std::string no_key_reason;
};

Certificate certificate_of(ServerSession& session) {
    const ServerUmsId seen = session.look();
    const std::string server = in_quotes(session.server().name);
    if (!seen.fingerprint) {
        throw Error(Code::not_found, fmt::format("server {} has no UMS ID", server),
                    fmt::format("make one there with \"umsadm id create --server {}\"", session.server().name));
    }
    if (!seen.certificate) {
        throw Error(Code::failed,
                    fmt::format("server {} shows the fingerprint of its UMS ID only, not the certificate", server),
                    "it needs an umsadmin-cli that can export it (since UMS 12.09.110)");
    }
    return *seen.certificate;
}

Given take_from(ServerSession& session) {
    Certificate certificate = certificate_of(session);
    std::optional<UmsId> ums_id = read_sealed(session, session.store()->take());
    if (!ums_id) {
        return {{std::move(certificate), std::nullopt},
                "the backup that the server makes of its UMS ID is in a format of its own, not PKCS#12"};
    }
    if (ums_id->certificate != certificate) {
        throw Error(Code::failed, "the backup of the server holds another UMS ID than the one that it shows");
    }
    return {std::move(*ums_id), {}};
}

ExitCode show(Context& ctx, const Site& site, const std::string& server, bool has_changed, const std::string& reason) {
    const ShownMain shown = look_up_main(site);
    const bool has_key = shown.main->record.has_key;
    Json json = main_json(shown);
    json["private_key_reason"] = has_key ? Json() : Json(reason);
    ctx.out.result(std::move(json));
    ctx.out.text(has_changed ? fmt::format("the Main UMS ID of the site is that of server {} now", in_quotes(server))
                             : fmt::format("server {} has the Main UMS ID of the site", in_quotes(server)));
    ctx.out.details(main_details(shown, ctx.now()));
    if (has_key) return ExitCode::done;
    throw Error(Code::failed, fmt::format("the certificate alone was taken, not the private key: {}", reason),
                "\"umsadm id show\", \"export\" and \"sync\" work; back the key up there with \"umsadmin-cli licensing "
                "backup\"");
}

ExitCode run_id_adopt(const IdAdoptOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    ServerSession session(ctx, load_server_for_run(site, options.server, options.login));
    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    Given given = with_context(fmt::format("taking the UMS ID of server {}", in_quotes(options.server)),
                               [&] { return take_from(session); });

    const auto present = load_main(site);
    const Fingerprint next = given.ums_id.certificate.fingerprint();
    const bool other = !present || replaces(present, next);
    if (other) respect_registered(ctx, site, next, options.force);
    if (other || (given.ums_id.key && !present->record.has_key)) {
        make_main(ctx, site, {std::move(given.ums_id), UmsIdOrigin::adopted, options.server}, "id adopt");
    }
    if (present && other) {
        ctx.out.note(
            fmt::format("the one before, {}, is kept in ums-id/previous", present->record.fingerprint.to_string()));
    }
    if (site.load_settings().main_server != options.server) {
        ctx.out.warning(fmt::format("{} is not the main server of the site", in_quotes(options.server)));
    }
    return show(ctx, site, options.server, other, given.no_key_reason);
}

}  // namespace

void add_id_adopt(Command& id) {
    const auto options = std::make_shared<IdAdoptOptions>();
    Command& command = id.command("adopt", "Make the UMS ID of a server the Main UMS ID of the site");
    command
        .describe(
            "Reads key and certificate; the server is not changed. A Main UMS ID that the site had before is kept in "
            "ums-id/previous. Where the server gives its key away in a format of its own only, the certificate alone "
            "is taken, and the exit code is 1.")
        .argument("SERVER", "name of a server, normally the main one", into(options->server))
        .flag("--force", "also when another one is registered in the license portal", options->force);
    add_login_options(command, options->login);
    command.example("umsadm id adopt ums1", "the first thing to do for a UMS that runs").run([options](Context& ctx) {
        return run_id_adopt(*options, ctx);
    });
}

}  // namespace umsadm::app
