#include "lib/crypto/extensions.hpp"

#include <algorithm>
#include <limits>

#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

template <typename Pointer>
Pointer read_extension(const Extensions* extensions, int nid) {
    return Pointer(static_cast<typename Pointer::pointer>(X509V3_get_d2i(extensions, nid, nullptr, nullptr)));
}

bool has_extension(const Extensions* extensions, int nid) { return X509v3_get_ext_by_NID(extensions, nid, -1) >= 0; }

bool read_may_sign(const Extensions* extensions) {
    if (!has_extension(extensions, NID_key_usage)) return true;
    constexpr int key_cert_sign = 5;  // RFC 5280, 4.2.1.3
    const auto usage = read_extension<openssl::BitsPtr>(extensions, NID_key_usage);
    return usage && ASN1_BIT_STRING_get_bit(usage.get(), key_cert_sign) == 1;
}

bool read_may_serve(const Extensions* extensions) {
    if (!has_extension(extensions, NID_ext_key_usage)) return true;
    const auto usage = read_extension<openssl::ExtendedKeyUsagePtr>(extensions, NID_ext_key_usage);
    for (int i = 0; usage && i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
        const int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), i));
        if (nid == NID_server_auth || nid == NID_anyExtendedKeyUsage) return true;
    }
    return false;
}

ByteView bytes_of(const ASN1_STRING* text) {
    return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// An address that is written as a DNS name is no address to a TLS client, and HostName would read it as one.
std::optional<HostName> read_dns_name(std::string_view text) {
    try {
        HostName host = HostName::parse(text);
        if (host.kind() == HostName::Kind::dns) return host;
    } catch (const Error&) {  // not one of ours; the caller keeps its text
    }
    return std::nullopt;
}

void read_general_name(const GENERAL_NAME& name, AlternativeNames& names) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &type));
    std::optional<HostName> host;
    std::string text;
    if (type == GEN_DNS) {
        host = read_dns_name(as_text(bytes_of(value)));
        text = printable(as_text(bytes_of(value)));
    } else if (type == GEN_IPADD) {
        const ByteView bytes = bytes_of(value);
        if (bytes.size() == 4 || bytes.size() == 16) host = HostName::from_ip_bytes(bytes);
        text = "an IP address of " + std::to_string(bytes.size()) + " bytes";
    } else {
        return;
    }
    if (!host) {
        names.unusable_hosts.push_back(std::move(text));
    } else if (std::find(names.hosts.begin(), names.hosts.end(), *host) == names.hosts.end()) {
        names.hosts.push_back(std::move(*host));
    }
}

}  // namespace

std::optional<BasicConstraints> read_basic_constraints(const Extensions* extensions) {
    const auto read = read_extension<openssl::BasicConstraintsPtr>(extensions, NID_basic_constraints);
    if (!read) return std::nullopt;
    BasicConstraints result{read->ca != 0, std::nullopt};
    if (read->pathlen != nullptr) {
        std::int64_t length = 0;
        if (ASN1_INTEGER_get_int64(&length, read->pathlen) != 1) length = std::numeric_limits<int>::max();
        if (ASN1_STRING_type(read->pathlen) == V_ASN1_NEG_INTEGER || length < 0) return std::nullopt;
        result.path_length = static_cast<int>(std::min<std::int64_t>(length, std::numeric_limits<int>::max()));
    }
    return result;
}

AlternativeNames read_alternative_names(const Extensions* extensions) {
    AlternativeNames names;
    names.present = has_extension(extensions, NID_subject_alt_name);
    if (!names.present) return names;
    const auto read = read_extension<openssl::GeneralNamesPtr>(extensions, NID_subject_alt_name);
    if (!read) names.unusable_hosts.emplace_back("a damaged Subject Alternative Name");
    for (int i = 0; read && i < sk_GENERAL_NAME_num(read.get()); ++i) {
        read_general_name(*sk_GENERAL_NAME_value(read.get(), i), names);
    }
    return names;
}

void read_extensions(const Extensions* extensions, CertificateContent& content) {
    content.basic_constraints = read_basic_constraints(extensions);
    content.may_sign_certificates = read_may_sign(extensions);
    content.may_serve_tls = read_may_serve(extensions);
    AlternativeNames names = read_alternative_names(extensions);
    content.has_subject_alt_name = names.present;
    content.hosts = std::move(names.hosts);
    content.unusable_hosts = std::move(names.unusable_hosts);
}

}  // namespace umsadm
