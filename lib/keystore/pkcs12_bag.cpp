#include "lib/keystore/pkcs12_bag.hpp"

#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/pbe_algorithm.hpp"
#include "lib/keystore/pkcs12.hpp"

namespace umsadm::keystore {
namespace {

std::string read_friendly_name(const ASN1_TYPE* value) {
    if (value == nullptr || value->type != V_ASN1_BMPSTRING) {
        throw Error(Code::invalid_data, "the keystore is damaged: an alias is not valid text");
    }
    const ASN1_BMPSTRING* name = value->value.bmpstring;
    if (ASN1_STRING_length(name) == 0) return {};
    const openssl::MemoryPtr<char> text(OPENSSL_uni2utf8(ASN1_STRING_get0_data(name), ASN1_STRING_length(name)));
    if (!text || !is_utf8(text.get())) {
        throw Error(Code::invalid_data, "the keystore is damaged: an alias is not valid text");
    }
    return text.get();
}

Bytes read_local_key_id(const ASN1_TYPE* value) {
    if (value == nullptr || value->type != V_ASN1_OCTET_STRING) {
        throw Error(Code::invalid_data, "the keystore is damaged: a localKeyID is not what it should be");
    }
    const ASN1_OCTET_STRING* id = value->value.octet_string;
    return to_bytes({ASN1_STRING_get0_data(id), static_cast<std::size_t>(ASN1_STRING_length(id))});
}

}  // namespace

BagAttributes read_attributes(const PKCS12_SAFEBAG& bag) {
    BagAttributes found;
    const STACK_OF(X509_ATTRIBUTE)* attributes = PKCS12_SAFEBAG_get0_attrs(&bag);
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(attributes); ++i) {
        X509_ATTRIBUTE* attribute = sk_X509_ATTRIBUTE_value(attributes, i);
        const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute);
        const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
        found.any = true;
        switch (OBJ_obj2nid(type)) {
            case NID_friendlyName: found.friendly_name = read_friendly_name(value); break;
            case NID_localKeyID: found.local_key_id = read_local_key_id(value); break;
            default: found.trusted = found.trusted || dotted(type) == k_trusted_key_usage;
        }
    }
    return found;
}

Bytes encode_bag(const PKCS12_SAFEBAG& bag) { return openssl::to_der(&bag, i2d_PKCS12_SAFEBAG, "encode a SafeBag"); }

BagPtr decode_bag(ByteView der) {
    const unsigned char* at = der.data();
    BagPtr bag(der.empty() ? nullptr : d2i_PKCS12_SAFEBAG(nullptr, &at, static_cast<long>(der.size())));
    if (!bag) throw Error(Code::failed, "an entry of the keystore is none that a PKCS#12 file can hold");
    return bag;
}

openssl::CertPtr certificate_of(const PKCS12_SAFEBAG& bag) {
    if (PKCS12_SAFEBAG_get_nid(&bag) != NID_certBag || PKCS12_SAFEBAG_get_bag_nid(&bag) != NID_x509Certificate) {
        return nullptr;
    }
    return openssl::CertPtr(PKCS12_SAFEBAG_get1_cert(&bag));
}

}  // namespace umsadm::keystore
