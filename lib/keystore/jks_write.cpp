#include "umsadm/base/text.hpp"

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/byte_writer.hpp"
#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/jks.hpp"
#include "lib/keystore/key_protection.hpp"
#include "lib/keystore/utf16.hpp"

namespace umsadm::keystore {
namespace {

class JksBuilder {
public:
    explicit JksBuilder(const Secret& password) : m_password(password) {}

    Bytes build(const Keystore& keystore) {
        m_writer.u4(k_jks_magic);
        m_writer.u4(k_jks_version);
        m_writer.count(keystore.entries.size());
        for (const KeystoreEntry& entry : keystore.entries) {
            std::visit([&](const auto& kind) { add(kind); }, entry);
        }
        m_writer.raw(jks_digest(m_writer.written(), m_password));
        return std::move(m_writer).finish();
    }

private:
    void add(const KeyEntry& entry) {
        begin(JksTag::private_key, entry.alias, entry.created);
        m_writer.with_length(carried_key(entry, StoreFormat::jks, Pkcs12Profile::modern, m_password));
        m_writer.count(entry.chain.size());
        for (const Bytes& der : entry.chain) certificate(der);
    }

    void add(const TrustedEntry& entry) {
        begin(JksTag::trusted_certificate, entry.alias, entry.created);
        certificate(entry.certificate);
    }

    [[noreturn]] void add(const OpaqueEntry& entry) {
        throw Error(Code::failed, "the entry " + in_quotes(entry.alias) +
                                      " is neither a key nor a trusted certificate: a JKS keystore cannot hold it");
    }

    void begin(JksTag tag, const std::string& alias, JavaTime created) {
        m_writer.u4(static_cast<std::uint32_t>(tag));
        text(to_modified_utf8(java_lower_case(alias)));
        m_writer.s8(created);
    }

    void certificate(const Bytes& der) {
        text(as_bytes("X.509"));
        m_writer.with_length(der);
    }

    void text(ByteView modified_utf8) {
        m_writer.u2(static_cast<std::uint16_t>(modified_utf8.size()));
        m_writer.raw(modified_utf8);
    }

    const Secret& m_password;
    ByteWriter m_writer;
};

}  // namespace

Bytes encode_jks(const Keystore& keystore, const Secret& password) {
    require_writable_entries(keystore);
    return JksBuilder(password).build(keystore);
}

}  // namespace umsadm::keystore
