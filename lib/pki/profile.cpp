#include "umsadm/pki/profile.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/pki/request_rules.hpp"

namespace umsadm {
namespace {

SubjectFields with_default_name(SubjectFields subject, const std::string& name) {
    if (subject.common_name.empty()) subject.common_name = name;
    return subject;
}

std::vector<HostName> without_repetitions(const std::vector<HostName>& hosts) {
    std::vector<HostName> unique;
    for (const HostName& host : hosts) {
        if (std::find(unique.begin(), unique.end(), host) == unique.end()) unique.push_back(host);
    }
    return unique;
}

// What comes before the key is made: that may take a second, and nothing of the request changes any more.
SignedRequest checked(SignedRequest request, const std::vector<Certificate>& issuer_chain, const PrivateKey& issuer_key,
                      UtcTime now) {
    if (issuer_chain.empty()) throw Error(Code::usage, "there is no issuer for a signed certificate");
    if (request.subject_der.empty()) request.subject = with_default_name(request.subject, request.name);
    request.hosts = without_repetitions(request.hosts);
    check_request(request, issuer_chain.front(), now);
    check_issuer(issuer_chain, issuer_key, request.type, now);
    return request;
}

// Whose certificate it will be; the private half may be anywhere.
struct SubjectKey {
    KeySpec spec;
    Bytes public_key_der;
};

SubjectKey subject_key_of(const PrivateKey& key) { return {key.spec(), key.public_key_der()}; }

Certificate sign(const SignedRequest& request, const Certificate& issuer, const PrivateKey& issuer_key,
                 const SubjectKey& subject_key, UtcTime now) {
    check_subject_key(subject_key.spec, subject_key.public_key_der, issuer);
    const CertificateTemplate wanted{.type = request.type,
                                     .subject = request.subject,
                                     .subject_der = request.subject_der,
                                     .hosts = request.hosts,
                                     .not_before = now - k_back_dating,
                                     .not_after = request.not_after,
                                     .path_length = request.path_length};
    Certificate certificate = issue(wanted, subject_key.public_key_der, issuer, issuer_key);
    check_result(certificate, wanted, subject_key.public_key_der, issuer);
    return certificate;
}

Certificate sign_itself(const CertificateTemplate& wanted, const PrivateKey& key) {
    check_key(key.spec());
    Certificate certificate = issue_self_signed(wanted, key);
    check_result(certificate, wanted, key.public_key_der(), certificate);
    return certificate;
}

}  // namespace

Issued issue_root(const RootRequest& request, UtcTime now) {
    check_request(request, now);
    check_subject(with_default_name(request.subject, request.name));
    PrivateKey key = PrivateKey::generate(request.key);
    Certificate certificate = issue_root_for_key(request, key, now);
    return {std::move(certificate), std::move(key)};
}

Certificate issue_root_for_key(const RootRequest& request, const PrivateKey& key, UtcTime now) {
    check_request(request, now);
    return sign_itself({.type = CertificateType::root,
                        .subject = with_default_name(request.subject, request.name),
                        .subject_der = {},
                        .hosts = {},
                        .not_before = now - k_back_dating,
                        .not_after = request.not_after,
                        .path_length = request.path_length},
                       key);
}

Certificate extend_root(const Certificate& current, const PrivateKey& key, UtcTime not_after, UtcTime now) {
    if (!current.is_ca() || !current.is_self_signed()) {
        throw Error(Code::refused, fmt::format("{} is no root", in_quotes(current.subject())));
    }
    if (!key.fits(current)) {
        throw Error(Code::refused, fmt::format("the private key is not the one of {}", in_quotes(current.subject())));
    }
    const RootRequest request{.name = {},
                              .subject = current.subject_fields(),
                              .key = key.spec(),
                              .not_after = not_after,
                              .path_length = current.basic_constraints()->path_length};
    check_request(request, now);
    return sign_itself({.type = CertificateType::root,
                        .subject = request.subject,
                        .subject_der = current.subject_der(),
                        .hosts = {},
                        .not_before = now - k_back_dating,
                        .not_after = not_after,
                        .path_length = request.path_length},
                       key);
}

Issued issue_signed(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                    const PrivateKey& issuer_key, UtcTime now) {
    const SignedRequest ready = checked(request, issuer_chain, issuer_key, now);
    if (ready.subject_der.empty()) check_subject(ready.subject);
    PrivateKey key = PrivateKey::generate(ready.key);
    Certificate certificate = sign(ready, issuer_chain.front(), issuer_key, subject_key_of(key), now);
    return {std::move(certificate), std::move(key)};
}

std::optional<UtcTime> signs_full_length_until(const Certificate& ca) {
    const UtcTime until = ca.not_after() - k_default_end_lifetime;
    return until < ca.not_before() ? std::nullopt : std::optional(until);
}

Certificate issue_for_request(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                              const PrivateKey& issuer_key, const CertificationRequest& asked, UtcTime now) {
    const SignedRequest ready = checked(request, issuer_chain, issuer_key, now);
    return sign(ready, issuer_chain.front(), issuer_key, {asked.key(), asked.public_key_der()}, now);
}

Certificate issue_for_key(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                          const PrivateKey& issuer_key, const PrivateKey& subject_key, UtcTime now) {
    const SignedRequest ready = checked(request, issuer_chain, issuer_key, now);
    return sign(ready, issuer_chain.front(), issuer_key, subject_key_of(subject_key), now);
}

}  // namespace umsadm
