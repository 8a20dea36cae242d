#pragma once

#include <openssl/provider.h>

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::openssl {

// OpenSSL with its legacy provider (RC2, single DES), in a library context of its own: loaded the usual way it would
// bring the old algorithms to the whole process. Throws Code::failed when it is not installed.
class LegacyContext {
public:
    LegacyContext();
    OSSL_LIB_CTX* get() const noexcept { return m_context.get(); }

private:
    std::unique_ptr<OSSL_LIB_CTX, CallFree<OSSL_LIB_CTX_free>> m_context;
    std::unique_ptr<OSSL_PROVIDER, CallFree<OSSL_PROVIDER_unload>> m_default;
    std::unique_ptr<OSSL_PROVIDER, CallFree<OSSL_PROVIDER_unload>> m_legacy;
};

}  // namespace umsadm::openssl
