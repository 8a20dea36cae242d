#include "lib/crypto/extension_writer.hpp"

#include <array>

#include <openssl/objects.h>

#include "lib/crypto/public_key.hpp"

namespace umsadm {
namespace {

using openssl::require;

constexpr std::string_view k_making = "make the extensions of a certificate";

enum class Critical { no, yes };

void add(Extensions& to, int nid, void* value, Critical critical) {
    Extensions* stack = &to;  // X509V3_add1_i2d would make one if there were none
    require(X509V3_add1_i2d(&stack, nid, value, critical == Critical::yes ? 1 : 0, X509V3_ADD_DEFAULT), k_making);
}

void write_basic_constraints(Extensions& to, const CertificateTemplate& wanted) {
    const openssl::BasicConstraintsPtr constraints(require(BASIC_CONSTRAINTS_new(), k_making));
    constraints->ca = wanted.type == CertificateType::end_entity ? 0 : 1;
    if (wanted.path_length) {
        constraints->pathlen = require(ASN1_INTEGER_new(), k_making);
        require(ASN1_INTEGER_set(constraints->pathlen, *wanted.path_length), k_making);
    }
    add(to, NID_basic_constraints, constraints.get(), Critical::yes);
}

void write_key_usage(Extensions& to, const CertificateTemplate& wanted, const KeySpec& key) {
    // The numbers of the bits: RFC 5280, 4.2.1.3.
    constexpr int digital_signature = 0;
    constexpr int key_encipherment = 2;
    constexpr int key_cert_sign = 5;
    constexpr int crl_sign = 6;
    const openssl::BitsPtr usage(require(ASN1_BIT_STRING_new(), k_making));
    const auto allow = [&](int bit) { require(ASN1_BIT_STRING_set_bit(usage.get(), bit, 1), k_making); };
    if (wanted.type == CertificateType::end_entity) {
        allow(digital_signature);
        if (key.type == KeySpec::Type::rsa) allow(key_encipherment);
    } else {
        allow(key_cert_sign);
        allow(crl_sign);
    }
    add(to, NID_key_usage, usage.get(), Critical::yes);
}

void write_extended_key_usage(Extensions& to) {
    const openssl::ExtendedKeyUsagePtr usage(require(EXTENDED_KEY_USAGE_new(), k_making));
    for (const int nid : {NID_server_auth, NID_client_auth}) {
        require(sk_ASN1_OBJECT_push(usage.get(), OBJ_nid2obj(nid)), k_making);
    }
    add(to, NID_ext_key_usage, usage.get(), Critical::no);
}

void write_subject_key_id(Extensions& to, const X509_PUBKEY& key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const unsigned char* bits = nullptr;
    int length = 0;
    require(X509_PUBKEY_get0_param(nullptr, &bits, &length, nullptr, &key), k_making);
    // RFC 5280, 4.2.1.2, method 1: a name for the key, not a protection.
    require(EVP_Digest(bits, static_cast<std::size_t>(length), digest.data(), &size, EVP_sha1(), nullptr), k_making);
    const openssl::OctetsPtr id(require(ASN1_OCTET_STRING_new(), k_making));
    require(ASN1_OCTET_STRING_set(id.get(), digest.data(), static_cast<int>(size)), k_making);
    add(to, NID_subject_key_identifier, id.get(), Critical::no);
}

openssl::GeneralNamePtr general_name(const HostName& host) {
    const bool is_ip = host.kind() == HostName::Kind::ip;
    const Bytes bytes = is_ip ? host.ip_bytes() : to_bytes(as_bytes(host.text()));
    openssl::GeneralNamePtr name(require(GENERAL_NAME_new(), k_making));
    ASN1_STRING* value = require(ASN1_STRING_type_new(is_ip ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING), k_making);
    GENERAL_NAME_set0_value(name.get(), is_ip ? GEN_IPADD : GEN_DNS, value);
    require(ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size())), k_making);
    return name;
}

void write_subject_alt_name(Extensions& to, const std::vector<HostName>& hosts, const X509_NAME& subject) {
    if (hosts.empty()) return;
    const openssl::GeneralNamesPtr names(require(GENERAL_NAMES_new(), k_making));
    for (const HostName& host : hosts) {
        openssl::GeneralNamePtr name = general_name(host);
        require(sk_GENERAL_NAME_push(names.get(), name.get()), k_making);
        (void)name.release();  // the stack took it
    }
    const bool no_subject = X509_NAME_entry_count(&subject) == 0;
    add(to, NID_subject_alt_name, names.get(), no_subject ? Critical::yes : Critical::no);  // RFC 5280, 4.2.1.6
}

}  // namespace

openssl::ExtensionsPtr make_extensions(const CertificateTemplate& wanted, const X509_NAME& subject,
                                       const X509_PUBKEY& key) {
    openssl::ExtensionsPtr extensions(require(sk_X509_EXTENSION_new_null(), k_making));
    write_basic_constraints(*extensions, wanted);
    write_key_usage(*extensions, wanted, spec_of(*require(X509_PUBKEY_get0(&key), k_making)));
    if (wanted.type == CertificateType::end_entity) write_extended_key_usage(*extensions);
    write_subject_alt_name(*extensions, wanted.hosts, subject);
    write_subject_key_id(*extensions, key);
    return extensions;
}

void add_authority_key_id(Extensions& to, X509& issuer) {
    const ASN1_OCTET_STRING* issuer_id = X509_get0_subject_key_id(&issuer);
    if (issuer_id == nullptr) return;
    const openssl::AuthorityKeyIdPtr id(require(AUTHORITY_KEYID_new(), k_making));
    id->keyid = require(ASN1_OCTET_STRING_dup(issuer_id), k_making);
    add(to, NID_authority_key_identifier, id.get(), Critical::no);
}

}  // namespace umsadm
