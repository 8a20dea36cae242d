#include "server_ums_id_creation.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/pki/ums_id.hpp"

#include "server_change.hpp"

namespace umsadm::app {
namespace {

void refuse_existing(ServerSession& session) {
    const ServerUmsId present = session.look();
    if (!present.fingerprint) return;
    const std::string& name = session.server().name;
    throw Error(
        Code::refused,
        fmt::format("server {} has a UMS ID already: {}", in_quotes(name), present.fingerprint->to_string()),
        fmt::format("give it the Main UMS ID with \"umsadm id sync {0}\", or take it with \"umsadm id adopt {0}\"",
                    name));
}

}  // namespace

ServerResult create_on_server(Context& ctx, const Site& site, const std::string& name, const LoginOptions& login) {
    const std::string main_server = site.load_settings().main_server;
    ServerChange change(ctx, site, load_server_for_run(site, name, login));
    change.settle();
    ServerSession& session = change.session();
    refuse_existing(session);

    ServerChangePlan plan;
    plan.server = session.server();
    plan.facts.run = random_hex(8);
    plan.facts.action = ServerAction::create;
    plan.facts.started = ctx.now();
    plan.facts.user = ctx.user;
    plan.wait = std::chrono::seconds(plan.server.wait_seconds);
    SealedUmsId sealed;
    if (const Secret* const password = session.file_password()) {
        // A file store generates nothing: it is given one that is made here.
        Issued issued = issue_ums_id(ctx.now());
        plan.facts.action = ServerAction::sync;
        plan.facts.new_fingerprint = issued.certificate.fingerprint();
        sealed.content = exchange_ums_id({}, {issued.certificate, std::move(issued.key)}, *password);
        sealed.password = password->duplicate();
        plan.sealed = &sealed;
    }
    ServerResult result;
    result.server.server = session.server();
    result.server.is_main = name == main_server;
    result.action = SyncAction::replace;
    result.outcome = change.execute(plan, "id create");
    if (result.outcome.result == ServerOutcome::restart_needed) result.outcome.result = ServerOutcome::created;
    survey_one(ctx, session, result.server, load_main(site));
    remember(ctx, site, result.server);
    return result;
}

}  // namespace umsadm::app
