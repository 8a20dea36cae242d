#include "lib/pki/request_rules.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/pki/chain_facts.hpp"

namespace umsadm {
namespace {

void check_end(UtcTime not_after, UtcTime now) {
    if (not_after <= now) {
        throw Error(Code::usage,
                    fmt::format("field \"valid until\" is {}, which is not in the future", format_utc(not_after)));
    }
    // RFC 5280, 4.1.2.5: a date has four digits for the year.
    constexpr std::chrono::year_month_day beyond{std::chrono::year(10000), std::chrono::January, std::chrono::day(1)};
    if (not_after >= std::chrono::sys_days(beyond)) {
        throw Error(Code::usage, "field \"valid until\" is after the year 9999");
    }
}

void check_path_length(std::optional<int> path_length, CertificateType type) {
    if (!path_length) return;
    if (type == CertificateType::end_entity) {
        throw Error(Code::usage, "field \"path length\" is only for a CA");
    }
    if (*path_length < 0) throw Error(Code::usage, "field \"path length\" is less than 0");
}

void check_hosts(const SignedRequest& request) {
    const bool end_entity = request.type == CertificateType::end_entity;
    if (end_entity && request.hosts.empty()) {
        throw Error(Code::usage,
                    "field \"host\" is empty: a certificate of a gateway needs its host names and IP addresses",
                    "give them with --host \"icg.example.com;10.0.0.5\"");
    }
    if (!end_entity && !request.hosts.empty()) {
        throw Error(Code::usage, "field \"host\" is only for an end entity, a CA has none");
    }
}

[[noreturn]] void refuse(const Certificate& issuer, std::string_view reason) {
    throw Error(Code::refused, fmt::format("{} cannot issue a certificate: {}", in_quotes(issuer.subject()), reason));
}

void check_dates(const Certificate& member, UtcTime now) {
    if (is_over(member, now)) refuse(member, "it expired on " + format_utc(member.not_after()));
    if (now < member.not_before()) refuse(member, "it is not valid before " + format_utc(member.not_before()));
}

// The first field in which `made` differs; empty when there is none.
std::string_view difference(const Certificate& made, const CertificateTemplate& wanted, const Bytes& public_key_der,
                            const Certificate& issuer) {
    const bool ca = wanted.type != CertificateType::end_entity;
    SubjectFields subject = wanted.subject;
    subject.country = to_upper(subject.country);
    const bool same_subject =
        wanted.subject_der.empty() ? made.subject_fields() == subject : made.subject_der() == wanted.subject_der;
    if (!same_subject) return "subject";
    if (made.hosts() != wanted.hosts || made.unusable_host_count() != 0) return "host";
    if (made.not_before() != wanted.not_before) return "not before";
    if (made.not_after() != wanted.not_after) return "valid until";
    if (made.basic_constraints() != BasicConstraints{ca, wanted.path_length}) return "CA flag and path length";
    if (ca ? !made.may_sign_certificates() : !made.may_serve_tls()) return "key usage";
    if (made.public_key_der() != public_key_der) return "key";
    if (!made.is_signed_by(issuer)) return "signature";
    return {};
}

}  // namespace

void check_request(const RootRequest& request, UtcTime now) {
    check_end(request.not_after, now);
    check_path_length(request.path_length, CertificateType::root);
}

void check_request(const SignedRequest& request, const Certificate& issuer, UtcTime now) {
    if (request.type == CertificateType::root) throw Error(Code::usage, "field \"type\" is root: a root signs itself");
    check_end(request.not_after, now);
    check_path_length(request.path_length, request.type);
    check_hosts(request);
    const std::string issuer_name = issuer.subject_fields().common_name;
    if (!issuer_name.empty() && same_name(issuer_name, request.subject.common_name)) {
        throw Error(Code::usage,
                    fmt::format("field \"common name\" is {}, which is the name of the issuer", in_quotes(issuer_name)),
                    "give another one with --common-name");
    }
}

void check_issuer(const std::vector<Certificate>& chain, const PrivateKey& issuer_key, CertificateType type,
                  UtcTime now) {
    const Certificate& issuer = chain.front();
    if (!issuer.is_ca()) refuse(issuer, "it is not marked as CA");
    if (!issuer.may_sign_certificates()) refuse(issuer, "its key usage does not allow to sign certificates");
    if (!issuer_key.fits(issuer)) refuse(issuer, "the private key is not its own");
    int cas_below = type == CertificateType::intermediate ? 1 : 0;
    for (const Certificate& member : chain) {
        check_dates(member, now);
        const auto allowed = path_length_of(member);
        if (allowed && *allowed < cas_below) {
            refuse(issuer, fmt::format("the path length of {} allows {} CAs below it, this would be {}",
                                       in_quotes(member.subject()), *allowed, cas_below));
        }
        if (!member.is_self_issued()) ++cas_below;
    }
}

void check_key(const KeySpec& spec) {
    if (spec.type == KeySpec::Type::other || is_weak(spec)) {
        throw Error(Code::refused,
                    fmt::format("a key of kind \"{}\" is not fit for a new certificate", spec.to_string()),
                    "make a new one with --key");
    }
}

void check_subject_key(const KeySpec& spec, const Bytes& public_key_der, const Certificate& issuer) {
    check_key(spec);
    if (public_key_der == issuer.public_key_der()) {
        throw Error(Code::refused, fmt::format("the key is the one of the issuer {}", in_quotes(issuer.subject())),
                    "make a new one with --key");
    }
}

void check_result(const Certificate& made, const CertificateTemplate& wanted, const Bytes& public_key_der,
                  const Certificate& issuer) {
    const std::string_view field = difference(made, wanted, public_key_der, issuer);
    if (!field.empty()) {
        throw Error(Code::failed,
                    fmt::format("the new certificate is not what was asked for: field \"{}\" differs", field));
    }
}

}  // namespace umsadm
