#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/remote/known_hosts.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../gateway_session.hpp"
#include "../login.hpp"
#include "../login_files.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct GatewayTrustOptions {
    std::string name;
    LoginOptions login;  // its host keys are those that are expected now
};

enum class Standing { first, unchanged, changed };

// What there is to decide about.
struct Offer {
    Gateway gateway;  // with the login of this run
    Endpoint endpoint;
    HostKey key;
    std::vector<std::string> pinned;  // until now
    KnownHostKeys::Verdict known_hosts = KnownHostKeys::Verdict::unknown;

    Standing standing() const {
        if (pinned.empty()) return Standing::first;
        const bool same = std::find(pinned.begin(), pinned.end(), key.fingerprint) != pinned.end();
        return same ? Standing::unchanged : Standing::changed;
    }
};

std::string_view standing_name(Standing standing) noexcept {
    switch (standing) {
        case Standing::first: return "first";
        case Standing::unchanged: return "unchanged";
        case Standing::changed: return "changed";
    }
    return "";
}

std::string joined(const std::vector<std::string>& keys) { return fmt::format("{}", fmt::join(keys, " or ")); }

Offer ask_for_key(Context& ctx, const Site& site, const GatewayTrustOptions& options) {
    LoginOptions given = options.login;
    given.host_keys.clear();
    Offer offer;
    offer.gateway = load_gateway_for_run(site, options.name, given);
    offer.pinned = load_gateway(site, options.name).login.host_keys;
    if (is_local(offer.gateway.login)) return offer;
    offer.endpoint = ssh_endpoint(offer.gateway.host, offer.gateway.login);
    offer.key = with_context(fmt::format("asking gateway {} for its host key", in_quotes(options.name)),
                             [&] { return ask_for_host_key(ctx, offer.gateway.host, offer.gateway.login); });
    const std::string known = fmt::format("{}", fmt::join(load_known_hosts(offer.gateway.login), "\n"));
    offer.known_hosts = find_known_host(known, offer.endpoint.host, offer.endpoint.port).judge(offer.key);
    return offer;
}

std::string known_hosts_in_words(KnownHostKeys::Verdict verdict) {
    switch (verdict) {
        case KnownHostKeys::Verdict::match: return "has the same key";
        case KnownHostKeys::Verdict::changed: return "has ANOTHER key of this type";
        case KnownHostKeys::Verdict::revoked: return "REVOKES this key";
        case KnownHostKeys::Verdict::other_type_only: return "has keys of other types only";
        case KnownHostKeys::Verdict::unknown: return "does not know this host";
    }
    return {};
}

// Goes to standard error: it is what the question and the refusals below are about.
void show_offer(Output& out, const Offer& offer) {
    out.note(
        fmt::format("gateway {} at {} shows the host key", in_quotes(offer.gateway.name), offer.endpoint.to_string()));
    out.note(fmt::format("  {}  {}", offer.key.fingerprint, offer.key.type));
    out.note(fmt::format("  known_hosts {}", known_hosts_in_words(offer.known_hosts)));
    if (offer.standing() != Standing::changed) return;
    out.warning(fmt::format("THE HOST KEY OF GATEWAY {} HAS CHANGED", in_quotes(offer.gateway.name)));
    out.note(fmt::format("  trusted until now: {}", joined(offer.pinned)));
    out.note(fmt::format("  shown now:         {}", offer.key.fingerprint));
    out.note("  either the machine was reinstalled, or somebody else answers in its place");
}

void refuse_revoked(const Offer& offer) {
    if (offer.known_hosts != KnownHostKeys::Verdict::revoked) return;
    throw Error(Code::host_key,
                fmt::format("the host key {} of {} is revoked in known_hosts", offer.key.fingerprint,
                            offer.endpoint.to_string()),
                "whoever answers there must not be trusted");
}

void require_expected(const Offer& offer, const std::vector<std::string>& expected) {
    if (std::find(expected.begin(), expected.end(), offer.key.fingerprint) != expected.end()) return;
    throw Error(Code::host_key,
                fmt::format("gateway {} shows the host key {} ({}), not {}", in_quotes(offer.gateway.name),
                            offer.key.fingerprint, offer.key.type, joined(expected)),
                "nothing was changed; find out who answers there before you trust this key");
}

// --yes is no answer to this question: only somebody who has compared the fingerprint can give one.
void ask(Prompt& prompt, const Offer& offer) {
    const bool changed = offer.standing() == Standing::changed;
    if (!prompt.can_choose()) {
        throw Error(
            Code::needs_answer,
            fmt::format("the host key {} of gateway {} {}, and nobody is there to compare it", offer.key.fingerprint,
                        in_quotes(offer.gateway.name), changed ? "has changed" : "is not trusted yet"),
            "get the fingerprint from the machine itself (\"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\") "
            "and give it with --host-key");
    }
    const std::vector<std::string> choices{"stop, nothing is changed",
                                           changed ? "trust the new key and forget the old one" : "trust this key"};
    if (prompt.choose("compare it with the machine's own key, then choose", choices) != 1) {
        throw Error(Code::failed, "the host key is not trusted: nothing was changed");
    }
}

void store(Context& ctx, const Site& site, const Offer& offer) {
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        Gateway gateway = load_gateway(site, offer.gateway.name);
        gateway.login.host_keys = {offer.key.fingerprint};
        save_gateway(site, gateway, IfExists::replace);
    }
    const std::string before = offer.pinned.empty() ? "none" : joined(offer.pinned);
    audit_done(ctx, site, "gateway trust", offer.gateway.name,
               fmt::format("host key {}, before: {}", offer.key.fingerprint, before));
}

Json result_of(const Offer& offer) {
    Json json{{"gateway", offer.gateway.name},
              {"local", is_local(offer.gateway.login)},
              {"endpoint", nullptr},
              {"host_key", nullptr},
              {"standing", nullptr},
              {"trusted_before", offer.pinned},
              {"trusted", true}};
    if (is_local(offer.gateway.login)) return json;
    json["endpoint"] = offer.endpoint.to_string();
    json["host_key"] = {{"type", offer.key.type}, {"fingerprint", offer.key.fingerprint}};
    json["standing"] = standing_name(offer.standing());
    return json;
}

ExitCode run_gateway_trust(const GatewayTrustOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const Offer offer = ask_for_key(ctx, site, options);
    const std::string name = in_quotes(offer.gateway.name);
    if (is_local(offer.gateway.login)) {
        ctx.out.result(result_of(offer));
        ctx.out.text(fmt::format("gateway {} is this machine: there is no host key to trust", name));
        return ExitCode::done;
    }
    show_offer(ctx.out, offer);
    refuse_revoked(offer);
    const std::vector<std::string>& expected = options.login.host_keys;
    if (!expected.empty()) require_expected(offer, expected);
    if (offer.standing() == Standing::unchanged) {
        ctx.out.result(result_of(offer));
        ctx.out.text(fmt::format("the host key of gateway {} is trusted already and has not changed", name));
        return ExitCode::done;
    }
    if (expected.empty()) ask(ctx.prompt, offer);
    store(ctx, site, offer);
    ctx.out.result(result_of(offer));
    ctx.out.text(fmt::format("trusted the host key {} of gateway {}", offer.key.fingerprint, name));
    ctx.out.note(fmt::format("next: umsadm gateway check {}", offer.gateway.name));
    return ExitCode::done;
}

}  // namespace

void add_gateway_trust(Command& group) {
    const auto options = std::make_shared<GatewayTrustOptions>();
    Command& command = group.command("trust", "Accept the SSH host key of a gateway");
    command
        .describe(
            "Asks the gateway for its host key, compares it with the one that is trusted so far, and asks you on the "
            "terminal. From then on only this key is accepted. --yes is no answer here; without a terminal --host-key "
            "has to name the key that is expected, and nothing is stored when another one is shown (exit code 5).")
        .argument("NAME", "name of a gateway", into(options->name));
    add_login_options(command, options->login);
    command.example("umsadm gateway trust berlin", "shows the fingerprint and asks")
        .example("umsadm gateway trust berlin --host-key SHA256:uNiVztksCsDhcc0u9e8BgrJXVGD3s3bZXqvRFtdO3yE",
                 "in a script, with the fingerprint that \"ssh-keygen -lf\" printed on the gateway itself")
        .run([options](Context& ctx) { return run_gateway_trust(*options, ctx); });
}

}  // namespace umsadm::app
