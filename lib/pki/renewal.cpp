#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/profile.hpp"

#include "lib/pki/misplaced_address.hpp"

namespace umsadm {
namespace {

// The kind of key of `current`, or the nearest that a new certificate may have.
KeySpec renewed_key(const KeySpec& current) {
    if (current.type == KeySpec::Type::other) return KeySpec{};
    KeySpec key = current;
    if (key.type == KeySpec::Type::rsa) key.bits = std::clamp(key.bits, 2048, 8192);
    return key;
}

std::vector<HostName> renewed_hosts(const Certificate& current) {
    std::vector<HostName> hosts = current.hosts();
    for (const std::string& text : current.unusable_hosts()) {
        const auto address = misplaced_address(text);
        if (!address) {
            throw Error(Code::refused,
                        fmt::format("the name {} of {} cannot be in a new certificate", in_quotes(text),
                                    in_quotes(current.subject())),
                        "make the next one with \"umsadm cert create\" and the names that are needed");
        }
        if (std::find(hosts.begin(), hosts.end(), *address) == hosts.end()) hosts.push_back(*address);
    }
    return hosts;
}

}  // namespace

SignedRequest renewal_request(const std::string& name, const Certificate& current, UtcTime now) {
    SignedRequest request;
    request.name = name;
    request.subject = current.subject_fields();
    request.subject_der = current.subject_der();
    request.type = current.is_ca() ? CertificateType::intermediate : CertificateType::end_entity;
    // A CA's names serve nobody, and the profile knows none.
    if (!current.is_ca()) request.hosts = renewed_hosts(current);
    request.key = renewed_key(current.key());
    request.not_after = now - k_back_dating + (current.not_after() - current.not_before());
    if (current.is_ca()) request.path_length = current.basic_constraints()->path_length;
    return request;
}

}  // namespace umsadm
