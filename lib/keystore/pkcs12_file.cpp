#include "lib/keystore/pkcs12_file.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs12err.h>

#include "lib/crypto/legacy_context.hpp"
#include "lib/keystore/entry_rules.hpp"

namespace umsadm::keystore {
namespace {

constexpr const char* k_pbmac1 = "1.2.840.113549.1.5.14";

[[noreturn]] void throw_damaged() {
    throw Error(Code::invalid_data, "the PKCS#12 keystore is damaged: " + openssl::take_reason());
}

class Pkcs12Opener {
public:
    Pkcs12Opener(ByteView file, const Secret* password) {
        const unsigned char* at = file.data();
        m_file.reset(d2i_PKCS12(nullptr, &at, static_cast<long>(file.size())));
        if (!m_file) throw_damaged();
        m_content.trailing_bytes = at != file.data() + file.size();
        if (password != nullptr) m_passwords = openssl_passwords(*password);
    }

    Pkcs12Content open() {
        const SafeStackPtr safes = unpack();
        // All costs are known before the first round of hashing is done.
        inspect_mac();
        for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) inspect(*sk_PKCS7_value(safes.get(), i));
        if (m_content.has_mac && !m_passwords.empty()) verify_mac();
        for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) read(*sk_PKCS7_value(safes.get(), i));
        return std::move(m_content);
    }

private:
    SafeStackPtr unpack() {
        SafeStackPtr safes(PKCS12_unpack_authsafes(m_file.get()));
        if (!safes) {
            const unsigned long reason = ERR_peek_error();
            if (ERR_GET_LIB(reason) == ERR_LIB_PKCS12 && ERR_GET_REASON(reason) == PKCS12_R_CONTENT_TYPE_NOT_DATA) {
                throw Error(Code::invalid_data,
                            "a PKCS#12 keystore that is signed instead of protected by a password is not supported");
            }
            throw_damaged();
        }
        return safes;
    }

    void inspect_mac() {
        m_content.has_mac = PKCS12_mac_present(m_file.get()) == 1;
        if (!m_content.has_mac) return;
        const X509_ALGOR* algorithm = nullptr;
        const ASN1_INTEGER* rounds = nullptr;
        PKCS12_get0_mac(nullptr, &algorithm, nullptr, &rounds, m_file.get());
        if (dotted(algorithm->algorithm) == k_pbmac1) {
            throw Error(Code::invalid_data, "the keystore's integrity is protected with PBMAC1, which is not supported",
                        "make it again with an HMAC, for example with keytool -importkeystore");
        }
        // The MAC does not cover this place, and OpenSSL does not look at it. RFC 7292, appendix B.4: NULL, or nothing.
        if (algorithm->parameter != nullptr && algorithm->parameter->type != V_ASN1_NULL) {
            throw Error(Code::invalid_data, "the PKCS#12 keystore is damaged: its MAC algorithm has parameters");
        }
        m_content.uses_sha1_mac = OBJ_obj2nid(algorithm->algorithm) == NID_sha1;
        add_cost({checked_rounds(rounds), false});
    }

    void inspect(PKCS7& safe) {
        if (safe.d.ptr == nullptr) throw Error(Code::invalid_data, "the PKCS#12 keystore is damaged: an empty safe");
        if (PKCS7_type_is_data(&safe)) return;
        if (!PKCS7_type_is_encrypted(&safe)) {
            throw Error(Code::invalid_data, "a PKCS#12 keystore that is encrypted for a certificate is not supported");
        }
        if (m_passwords.empty()) {
            throw Error(Code::invalid_data, "the certificates of this keystore are encrypted: its password is needed",
                        "name the keystore's password");
        }
        const PKCS7_ENC_CONTENT& content = *safe.d.encrypted->enc_data;
        m_content.uses_pbes1 = m_content.uses_pbes1 || is_pbes1(*content.algorithm);
        add_cost(inspect_pbe(*content.algorithm));
    }

    // A small file can hold many safes, each with its own rounds.
    void add_cost(const PbeCost& cost) {
        m_rounds += cost.rounds;
        if (m_rounds > 2 * k_most_rounds) {
            throw Error(Code::invalid_data,
                        fmt::format("the keystore asks for more than {} hash rounds", 2 * k_most_rounds));
        }
        if (cost.needs_legacy_provider && !m_legacy) m_legacy.emplace();
    }

    void verify_mac() {
        for (const OpensslPassword& candidate : m_passwords) {
            ERR_clear_error();
            if (PKCS12_verify_mac(m_file.get(), candidate.text, candidate.size) == 1) {
                m_passwords = {candidate};
                m_content.mac_verified = true;
                return;
            }
            if (ERR_peek_error() != 0) {
                throw Error(Code::invalid_data,
                            "the keystore's integrity cannot be verified: " + openssl::take_reason());
            }
        }
        throw_wrong_store_password();
    }

    void read(PKCS7& safe) {
        BagStackPtr bags(PKCS7_type_is_data(&safe) ? PKCS12_unpack_p7data(&safe)
                                                   : decrypt(*safe.d.encrypted->enc_data));
        if (!bags) throw_damaged();
        m_content.safes.push_back(std::move(bags));
    }

    STACK_OF(PKCS12_SAFEBAG) * decrypt(const PKCS7_ENC_CONTENT& content) {
        if (content.enc_data == nullptr)
            throw Error(Code::invalid_data, "the PKCS#12 keystore is damaged: an empty safe");
        for (const OpensslPassword& candidate : m_passwords) {
            void* bags = PKCS12_item_decrypt_d2i_ex(content.algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS), candidate.text,
                                                    candidate.size, content.enc_data, 1,
                                                    m_legacy ? m_legacy->get() : nullptr, nullptr);
            if (bags != nullptr) return static_cast<STACK_OF(PKCS12_SAFEBAG)*>(bags);
        }
        throw_wrong_store_password();
    }

    openssl::Pkcs12Ptr m_file;
    std::vector<OpensslPassword> m_passwords;  // what it may be; the one that fits once the MAC was verified
    std::optional<openssl::LegacyContext> m_legacy;
    std::uint64_t m_rounds = 0;
    Pkcs12Content m_content;
};

}  // namespace

Pkcs12Content open_pkcs12(ByteView file, const Secret* password) { return Pkcs12Opener(file, password).open(); }

}  // namespace umsadm::keystore
