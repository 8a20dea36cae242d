#include "lib/crypto/legacy_context.hpp"

namespace umsadm::openssl {

LegacyContext::LegacyContext()
    : m_context(require(OSSL_LIB_CTX_new(), "allocate memory")),
      m_default(require(OSSL_PROVIDER_load(m_context.get(), "default"), "load OpenSSL's default provider")),
      m_legacy(OSSL_PROVIDER_load(m_context.get(), "legacy")) {
    if (!m_legacy) {
        throw Error(
            Code::failed,
            "the file is encrypted with RC2 or DES, and OpenSSL's legacy provider cannot be loaded: " + take_reason(),
            "install the package of OpenSSL that has legacy.so, or convert the file on another machine");
    }
}

}  // namespace umsadm::openssl
