#include "lib/crypto/name.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <openssl/objects.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

struct Field {
    int nid;
    std::string_view label;  // as messages call it
    std::size_t most;        // RFC 5280, appendix A.1: upper bounds, in characters
    std::string SubjectFields::*member;
};

// In the order in which they are written: the most general first.
const std::array<Field, 5> k_fields{{
    {NID_countryName, "country", 2, &SubjectFields::country},
    {NID_localityName, "locality", 128, &SubjectFields::locality},
    {NID_organizationName, "organization", 64, &SubjectFields::organization},
    {NID_name, "holder", 32768, &SubjectFields::holder},
    {NID_commonName, "common name", 64, &SubjectFields::common_name},
}};

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_country(std::string_view text) {
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void check_field(const Field& field, const std::string& value) {
    if (!is_utf8(value)) throw Error(Code::usage, fmt::format("field \"{}\" is not UTF-8", field.label));
    if (has_control_characters(value)) {
        throw Error(Code::usage, fmt::format("field \"{}\" holds a control character", field.label));
    }
    if (field.nid == NID_countryName && !is_country(value)) {
        throw Error(Code::usage, fmt::format("field \"country\" is {} instead of two letters", in_quotes(value)),
                    "use the country's two letters of ISO 3166, for example \"DE\"");
    }
    if (const std::size_t length = count_characters(value); length > field.most) {
        throw Error(Code::usage, fmt::format("field \"{}\" has {} characters, at most {} are allowed", field.label,
                                             length, field.most));
    }
}

std::optional<std::string> utf8_value(const X509_NAME_ENTRY& entry) {
    unsigned char* raw = nullptr;
    const int size = ASN1_STRING_to_UTF8(&raw, X509_NAME_ENTRY_get_data(&entry));
    if (size < 0) return std::nullopt;
    const openssl::MemoryPtr<unsigned char> owner(raw);
    return std::string(as_text({raw, static_cast<std::size_t>(size)}));
}

// RFC 4518 as far as OpenSSL goes: ASCII letters in lower case, blanks trimmed and runs of them made one.
std::string fold(std::string_view text) {
    std::string folded;
    bool gap = false;
    for (const char c : to_lower(text)) {
        const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!blank) {
            if (gap && !folded.empty()) folded += ' ';
            folded += c;
        }
        gap = blank;
    }
    return folded;
}

bool is_comparable_string(int type) {
    return type == V_ASN1_UTF8STRING || type == V_ASN1_BMPSTRING || type == V_ASN1_UNIVERSALSTRING ||
           type == V_ASN1_PRINTABLESTRING || type == V_ASN1_T61STRING || type == V_ASN1_IA5STRING ||
           type == V_ASN1_VISIBLESTRING;
}

void append_sized(Bytes& bytes, ByteView part) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(part.size() >> shift));
    bytes.insert(bytes.end(), part.begin(), part.end());
}

Bytes canonical_entry(const X509_NAME_ENTRY& entry) {
    const ASN1_OBJECT* object = X509_NAME_ENTRY_get_object(&entry);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(&entry);
    Bytes bytes;
    append_sized(bytes, {OBJ_get0_data(object), OBJ_length(object)});
    const auto text = is_comparable_string(ASN1_STRING_type(value)) ? utf8_value(entry) : std::nullopt;
    if (text) {
        bytes.push_back(V_ASN1_UTF8STRING);
        append_sized(bytes, as_bytes(fold(*text)));
    } else {
        bytes.push_back(static_cast<std::uint8_t>(ASN1_STRING_type(value)));
        append_sized(bytes, {ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))});
    }
    return bytes;
}

bool print_name(BIO& out, const X509_NAME& name, unsigned long flags) {
    (void)BIO_reset(&out);
    return X509_NAME_print_ex(&out, &name, 0, flags) >= 0;
}

}  // namespace

std::string name_text(const X509_NAME& name) {
    const openssl::BioPtr out = openssl::secret_writer();
    // A value that is not what its string type says is shown as hex.
    if (!print_name(*out, name, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) &&
        !print_name(*out, name, XN_FLAG_RFC2253 | ASN1_STRFLGS_DUMP_ALL)) {
        return "?";
    }
    return printable(openssl::written(*out));
}

Bytes canonical_name(const X509_NAME& name) {
    // The parts of one RDN are a set: their order does not count.
    std::vector<std::vector<Bytes>> sets;
    int last_set = -1;
    for (int i = 0; i < X509_NAME_entry_count(&name); ++i) {
        const X509_NAME_ENTRY* entry = X509_NAME_get_entry(&name, i);
        if (sets.empty() || X509_NAME_ENTRY_set(entry) != last_set) sets.emplace_back();
        last_set = X509_NAME_ENTRY_set(entry);
        sets.back().push_back(canonical_entry(*entry));
    }
    Bytes bytes;
    for (auto& set : sets) {
        std::sort(set.begin(), set.end());
        Bytes joined;
        for (const Bytes& entry : set) append_sized(joined, entry);
        append_sized(bytes, joined);
    }
    return bytes;
}

SubjectFields name_fields(const X509_NAME& name) {
    SubjectFields fields;
    for (const Field& field : k_fields) {
        const int at = X509_NAME_get_index_by_NID(&name, field.nid, -1);
        if (at >= 0) fields.*field.member = utf8_value(*X509_NAME_get_entry(&name, at)).value_or("");
    }
    return fields;
}

openssl::NamePtr make_name(const SubjectFields& fields) {
    openssl::NamePtr name(openssl::require(X509_NAME_new(), "make a name"));
    for (const Field& field : k_fields) {
        std::string value = fields.*field.member;
        if (value.empty()) continue;
        if (field.nid == NID_countryName) value = to_upper(value);
        check_field(field, value);
        openssl::require(X509_NAME_add_entry_by_NID(name.get(), field.nid, MBSTRING_UTF8, as_bytes(value).data(),
                                                    static_cast<int>(value.size()), -1, 0),
                         fmt::format("encode field \"{}\"", field.label), Code::usage);
    }
    return name;
}

openssl::NamePtr decode_name(ByteView der) {
    const unsigned char* at = der.data();
    openssl::NamePtr name(openssl::require(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())), "read a name",
                                           Code::invalid_data));
    if (at != der.data() + der.size()) throw Error(Code::invalid_data, "cannot read a name: bytes after its end");
    return name;
}

}  // namespace umsadm
