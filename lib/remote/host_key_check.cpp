#include "lib/remote/host_key_check.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/remote/ssh_connect.hpp"

namespace umsadm::remote {
namespace {

using Verdict = KnownHostKeys::Verdict;

std::string hint_to_compare(const SshTarget& target) {
    return "compare it with the host's own (\"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\" there), then " +
           target.host_keys.how_to_accept;
}

KnownHostKeys known_keys(const SshTarget& target) {
    std::string text;
    for (const std::string& file : target.host_keys.known_hosts) text += file + '\n';
    // An alias stands there without a port.
    if (!target.host_keys.alias.empty()) return find_known_host(text, target.host_keys.alias, k_ssh_port);
    return find_known_host(text, target.endpoint.host, target.endpoint.port);
}

std::string_view without_padding(std::string_view fingerprint) {
    while (fingerprint.ends_with('=')) fingerprint.remove_suffix(1);
    return fingerprint;
}

bool is_pinned(const HostKeyPolicy& policy, const HostKey& offered) {
    return std::any_of(policy.pinned.begin(), policy.pinned.end(),
                       [&](const std::string& pin) { return without_padding(trim(pin)) == offered.fingerprint; });
}

std::string expected_fingerprints(const HostKeyPolicy& policy, const KnownHostKeys& known) {
    std::vector<std::string> expected = policy.pinned;
    if (expected.empty()) {
        for (const auto& entry : known.entries) {
            if (!entry.revoked) expected.push_back(make_host_key(entry.blob).fingerprint);
        }
    }
    std::string text;
    for (const std::string& one : expected) text += (text.empty() ? "" : " or ") + printable(one);
    return text;
}

// Nothing when the key is the right one.
std::optional<Error> judge(const SshTarget& target, const KnownHostKeys& known, const HostKey& offered) {
    const std::string host = printable(target.endpoint.to_string());
    const auto refused = [&](std::string message, std::string hint) {
        return Error(Code::host_key, std::move(message), std::move(hint));
    };
    const auto changed = [&] {
        return refused(
            fmt::format("THE HOST KEY OF {} HAS CHANGED: expected {}, got {} ({})", host,
                        expected_fingerprints(target.host_keys, known), offered.fingerprint, printable(offered.type)),
            "somebody may be listening in; only if the host was reinstalled: " + hint_to_compare(target));
    };
    const Verdict verdict = known.judge(offered);
    if (verdict == Verdict::revoked) {
        return refused(fmt::format("the host key {} of {} is revoked", offered.fingerprint, host),
                       "whoever answers there must not be trusted");
    }
    if (!target.host_keys.pinned.empty()) {
        if (is_pinned(target.host_keys, offered)) return std::nullopt;
        return changed();
    }
    switch (verdict) {
        case Verdict::match: return std::nullopt;
        case Verdict::changed: return changed();
        case Verdict::other_type_only:
            return refused(fmt::format("{} shows the host key {} ({}), and only a key of another type is known", host,
                                       offered.fingerprint, printable(offered.type)),
                           hint_to_compare(target));
        default:
            return refused(fmt::format("the host key of {} is unknown: {} ({})", host, offered.fingerprint,
                                       printable(offered.type)),
                           hint_to_compare(target));
    }
}

}  // namespace

std::vector<std::string> host_key_preference(const KnownHostKeys& known) {
    std::vector<std::string> types{"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};
    std::stable_partition(types.begin(), types.end(), [&](const std::string& type) {
        return std::any_of(known.entries.begin(), known.entries.end(),
                           [&](const auto& entry) { return !entry.revoked && entry.type == type; });
    });
    return types;
}

std::shared_ptr<SshSession> connect_verified(const SshTarget& target) {
    const KnownHostKeys known = known_keys(target);
    std::vector<std::string> types = host_key_preference(known);
    std::optional<Error> first_refusal;
    while (true) {
        std::shared_ptr<SshSession> session;
        try {
            const Deadline deadline = Deadline::in(2 * target.connect_timeout, target.cancellation);
            session = open_ssh_session({target.endpoint, target.dial}, types, target.connect_timeout, deadline);
        } catch (const Error& error) {
            if (first_refusal && error.code() == Code::unreachable)
                throw *first_refusal;  // it has no key of another type
            throw;
        }
        const HostKey offered = session->host_key();
        const auto refusal = judge(target, known, offered);
        if (!refusal) return session;
        if (!first_refusal) first_refusal = refusal;
        // A pin does not say its type, so the pinned key may be another one of the same server.
        std::erase(types, offered.type);
        const bool revoked = known.judge(offered) == Verdict::revoked;
        if (target.host_keys.pinned.empty() || revoked || types.empty()) throw *first_refusal;
    }
}

}  // namespace umsadm::remote
