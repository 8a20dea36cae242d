#include "umsadm/crypto/certificate_details.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_doing = "look into a certificate";

ByteView bytes_of(const ASN1_STRING* text) {
    return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// RFC 5280, 4.1.2.5: YYMMDDHHMMSSZ until 2049, YYYYMMDDHHMMSSZ from 2050 on.
bool is_well_encoded(const ASN1_TIME* time) {
    const std::string_view text = as_text(bytes_of(time));
    const bool digits = !text.empty() && text.back() == 'Z' &&
                        std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
    if (ASN1_STRING_type(time) == V_ASN1_UTCTIME) return digits && text.size() == 13;
    return digits && text.size() == 15 && text.substr(0, 4) >= "2050";
}

// The content of the INTEGER as it is encoded: a positive one may need a zero in front.
std::size_t encoded_octets(const ASN1_INTEGER* number) {
    ASN1_INTEGER* copy = ASN1_INTEGER_dup(number);
    const openssl::IntegerPtr owner(openssl::require(copy, k_doing));
    const Bytes der = openssl::to_der(copy, i2d_ASN1_INTEGER, k_doing);
    const std::size_t header = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7FU);
    return der.size() - header;
}

void read_serial(const X509& x509, CertificateDetails& details) {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(&x509);
    const ByteView digits = bytes_of(serial);
    const bool zero = std::all_of(digits.begin(), digits.end(), [](std::uint8_t digit) { return digit == 0; });
    details.serial_is_positive = !zero && (ASN1_STRING_type(serial) & V_ASN1_NEG) == 0;
    details.serial_octets = encoded_octets(serial);
}

// The characters of a string of any ASN.1 kind; a text that cannot be decoded holds what nobody should print.
bool holds_control_characters(const ASN1_STRING* value) {
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, value);
    if (length < 0) return true;
    const openssl::MemoryPtr<unsigned char> owner(text);
    return has_control_characters(as_text(ByteView(text, static_cast<std::size_t>(length))));
}

bool holds_control_characters(const X509_NAME& name) {
    for (int i = 0; i < X509_NAME_entry_count(&name); ++i) {
        if (holds_control_characters(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&name, i)))) return true;
    }
    return false;
}

std::string kind_of(int general_name) {
    switch (general_name) {
        case GEN_EMAIL: return "an e-mail address";
        case GEN_URI: return "a URI";
        case GEN_DIRNAME: return "a directory name";
        case GEN_RID: return "an object identifier";
        default: return "a name of another kind";
    }
}

void read_alternative_names(const X509& x509, CertificateDetails& details) {
    const openssl::GeneralNamesPtr names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&x509, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int type = 0;
        const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
        if (type == GEN_IPADD) continue;
        if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) {
            const std::string_view text = as_text(bytes_of(static_cast<const ASN1_STRING*>(value)));
            if (has_control_characters(text)) details.names_hold_control_characters = true;
        }
        if (type != GEN_DNS) details.other_alternative_names.push_back(kind_of(type));
    }
}

std::string name_of(const ASN1_OBJECT* object) {
    std::array<char, 80> text{};
    const int nid = OBJ_obj2nid(object);
    if (nid != NID_undef) return OBJ_nid2ln(nid);
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    return text.data();
}

ExtensionDetails read_extension(X509_EXTENSION& extension) {
    ExtensionDetails details;
    const ASN1_OBJECT* const object = X509_EXTENSION_get_object(&extension);
    details.name = name_of(object);
    details.critical = X509_EXTENSION_get_critical(&extension) == 1;
    details.known = X509_supported_extension(&extension) == 1;
    const X509V3_EXT_METHOD* const method = X509V3_EXT_get(&extension);
    if (method == nullptr) return details;
    void* const content = X509V3_EXT_d2i(&extension);
    details.readable = content != nullptr;
    if (content == nullptr) return details;
    // The two ways in which OpenSSL frees what it decoded, as X509V3_EXT_print() has them.
    if (method->it != nullptr) {
        ASN1_item_free(static_cast<ASN1_VALUE*>(content), ASN1_ITEM_ptr(method->it));
    } else {
        method->ext_free(content);
    }
    return details;
}

void read_extensions(const X509& x509, CertificateDetails& details) {
    std::set<std::string> seen;
    for (int i = 0; i < X509_get_ext_count(&x509); ++i) {
        ExtensionDetails extension = read_extension(*X509_get_ext(&x509, i));
        extension.repeated = !seen.insert(extension.name).second;
        details.extensions.push_back(std::move(extension));
    }
    const auto has = [&](int nid) { return X509_get_ext_by_NID(&x509, nid, -1) >= 0; };
    details.has_subject_key_identifier = has(NID_subject_key_identifier);
    details.has_authority_key_identifier = has(NID_authority_key_identifier);
    details.has_key_usage = has(NID_key_usage);

    constexpr int key_cert_sign = 5;  // RFC 5280, 4.2.1.3
    const openssl::BitsPtr usage(
        static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(&x509, NID_key_usage, nullptr, nullptr)));
    details.claims_to_sign_certificates = usage && ASN1_BIT_STRING_get_bit(usage.get(), key_cert_sign) == 1;
    const openssl::BasicConstraintsPtr constraints(
        static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(&x509, NID_basic_constraints, nullptr, nullptr)));
    details.has_path_length = constraints && constraints->pathlen != nullptr;
}

int read_version(const X509& x509) {
    const long number = X509_get_version(&x509);  // whatever the file says
    return number >= X509_VERSION_1 && number <= X509_VERSION_3 ? static_cast<int>(number) + 1 : 0;
}

}  // namespace

CertificateDetails details_of(const Certificate& certificate) {
    const openssl::CleanErrorQueue queue;
    const unsigned char* at = certificate.der().data();
    const openssl::CertPtr x509(
        openssl::require(d2i_X509(nullptr, &at, static_cast<long>(certificate.der().size())), k_doing));
    CertificateDetails details;
    details.version = read_version(*x509);
    read_serial(*x509, details);
    details.validity_is_well_encoded =
        is_well_encoded(X509_get0_notBefore(x509.get())) && is_well_encoded(X509_get0_notAfter(x509.get()));
    const X509_NAME& subject = *X509_get_subject_name(x509.get());
    const X509_NAME& issuer = *X509_get_issuer_name(x509.get());
    details.has_subject = X509_NAME_entry_count(&subject) > 0;
    details.has_issuer = X509_NAME_entry_count(&issuer) > 0;
    details.names_hold_control_characters = holds_control_characters(subject) || holds_control_characters(issuer);
    read_extensions(*x509, details);
    read_alternative_names(*x509, details);
    return details;
}

}  // namespace umsadm
