#include "host_key_trust.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "auditing.hpp"

namespace umsadm::app {
namespace {

enum class Standing { first, unchanged, changed };

bool holds(const std::vector<std::string>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string in_words(const LoginTarget& target) { return fmt::format("{} {}", target.kind, in_quotes(target.name)); }

// What there is to decide about.
struct Offer {
    const TrustRequest& request;
    ShownHostKey shown;

    Standing standing() const {
        if (request.trusted.empty()) return Standing::first;
        return holds(request.trusted, shown.key.fingerprint) ? Standing::unchanged : Standing::changed;
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

Offer ask_for_key(Context& ctx, const TrustRequest& request) {
    const LoginTarget& target = request.target;
    return with_context(fmt::format("asking {} for its host key", in_words(target)), [&] {
        return Offer{request, ask_for_host_key(ctx, target.host, target.login)};
    });
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
    const std::string through = offer.shown.through.empty() ? "" : fmt::format(", through {},", offer.shown.through);
    out.note(fmt::format("{} at {}{} shows the host key", in_words(offer.request.target),
                         offer.shown.endpoint.to_string(), through));
    out.note(fmt::format("  {}  {}", offer.shown.key.fingerprint, offer.shown.key.type));
    out.note(fmt::format("  known_hosts {}", known_hosts_in_words(offer.shown.known_hosts)));
    if (offer.standing() != Standing::changed) return;
    out.warning(fmt::format("THE HOST KEY OF {} {} HAS CHANGED", to_upper(offer.request.target.kind),
                            in_quotes(offer.request.target.name)));
    out.note(fmt::format("  trusted until now: {}", joined(offer.request.trusted)));
    out.note(fmt::format("  shown now:         {}", offer.shown.key.fingerprint));
    out.note("  either the machine was reinstalled, or somebody else answers in its place");
}

void refuse_revoked(const Offer& offer) {
    if (offer.shown.known_hosts != KnownHostKeys::Verdict::revoked) return;
    throw Error(Code::host_key,
                fmt::format("the host key {} of {} is revoked in known_hosts", offer.shown.key.fingerprint,
                            offer.shown.endpoint.to_string()),
                "whoever answers there must not be trusted");
}

void require_expected(const Offer& offer) {
    const std::vector<std::string>& expected = offer.request.expected;
    if (expected.empty() || holds(expected, offer.shown.key.fingerprint)) return;
    throw Error(Code::host_key,
                fmt::format("{} shows the host key {} ({}), not {}", in_words(offer.request.target),
                            offer.shown.key.fingerprint, offer.shown.key.type, joined(expected)),
                "nothing was changed; find out who answers there before you trust this key");
}

// --yes is no answer to this question: only somebody who has compared the fingerprint can give one.
void ask(Prompt& prompt, const Offer& offer) {
    const bool changed = offer.standing() == Standing::changed;
    if (!prompt.can_choose()) {
        throw Error(
            Code::needs_answer,
            fmt::format("the host key {} of {} {}, and nobody is there to compare it", offer.shown.key.fingerprint,
                        in_words(offer.request.target), changed ? "has changed" : "is not trusted yet"),
            "get the fingerprint from the machine itself (\"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\") "
            "and give it with --host-key");
    }
    const std::vector<std::string> choices{"stop, nothing is changed",
                                           changed ? "trust the new key and forget the old one" : "trust this key"};
    if (prompt.choose("compare it with the machine's own key, then choose", choices) != 1) {
        throw Error(Code::failed, "the host key is not trusted: nothing was changed");
    }
}

void keep(Context& ctx, const Site& site, const Offer& offer,
          const std::function<void(const std::string& host_key)>& store) {
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        store(offer.shown.key.fingerprint);
    }
    const TrustRequest& request = offer.request;
    const std::string before = request.trusted.empty() ? "none" : joined(request.trusted);
    audit_done(ctx, site, fmt::format("{} trust", request.target.kind), request.target.name,
               fmt::format("host key {}, before: {}", offer.shown.key.fingerprint, before));
}

// What there is to say about a machine that is reached without SSH, and the frame of every other result.
Json result_without_key(const TrustRequest& request) {
    return {{request.target.kind, request.target.name},
            {"local", is_local(request.target.login)},
            {"endpoint", nullptr},
            {"host_key", nullptr},
            {"standing", nullptr},
            {"trusted_before", request.trusted},
            {"trusted", true}};
}

Json result_of(const Offer& offer) {
    Json json = result_without_key(offer.request);
    json["endpoint"] = offer.shown.endpoint.to_string();
    json["host_key"] = {{"type", offer.shown.key.type}, {"fingerprint", offer.shown.key.fingerprint}};
    json["standing"] = standing_name(offer.standing());
    return json;
}

}  // namespace

ExitCode trust_host_key(Context& ctx, const Site& site, const TrustRequest& request,
                        const std::function<void(const std::string& host_key)>& store) {
    const LoginTarget& target = request.target;
    if (is_local(target.login)) {
        ctx.out.result(result_without_key(request));
        ctx.out.text(fmt::format("{} is this machine: there is no host key to trust", in_words(target)));
        return ExitCode::done;
    }
    const Offer offer = ask_for_key(ctx, request);
    show_offer(ctx.out, offer);
    refuse_revoked(offer);
    require_expected(offer);
    if (offer.standing() == Standing::unchanged) {
        ctx.out.result(result_of(offer));
        ctx.out.text(fmt::format("the host key of {} is trusted already and has not changed", in_words(target)));
        return ExitCode::done;
    }
    if (request.expected.empty()) ask(ctx.prompt, offer);
    keep(ctx, site, offer, store);
    ctx.out.result(result_of(offer));
    ctx.out.text(fmt::format("trusted the host key {} of {}", offer.shown.key.fingerprint, in_words(target)));
    ctx.out.note(fmt::format("next: umsadm {} check {}", target.kind, target.name));
    return ExitCode::done;
}

void remind_of_host_key(Output& out, const LoginTarget& before, const LoginTarget& after) {
    if (is_local(after.login) || after.login.host_keys.empty()) return;
    const bool moved = ssh_endpoint(before.host, before.login) != ssh_endpoint(after.host, after.login);
    if (!moved || after.login.host_keys != before.login.host_keys) return;
    out.note(fmt::format("the trusted host key stays; if this is another machine: umsadm {} trust {}", after.kind,
                         after.name));
}

std::string next_step(const LoginTarget& target) {
    const bool trusted = is_local(target.login) || !target.login.host_keys.empty();
    return fmt::format("next: umsadm {} {} {}", target.kind, trusted ? "check" : "trust", target.name);
}

}  // namespace umsadm::app
