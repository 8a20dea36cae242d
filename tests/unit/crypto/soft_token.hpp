#pragma once

#include <string>

#include "unit/crypto/openssl_referee.hpp"

namespace umsadm::test {

// SoftHSM with a folder of its own: it stands for a token that is plugged in.
class SoftTokens {
public:
    // Whether everything is installed; says so when it is not.
    static bool available();

    SoftTokens();
    ~SoftTokens();
    SoftTokens(const SoftTokens&) = delete;
    SoftTokens& operator=(const SoftTokens&) = delete;

    const OpensslReferee& referee() const noexcept { return m_referee; }

    void make_token(const std::string& label, const std::string& pin) const;
    // `kind` as pkcs11-tool(1) calls it: "rsa:2048", "EC:prime256v1".
    void make_key(const std::string& token, const std::string& pin, const std::string& kind, const std::string& label,
                  const std::string& options = "") const;
    // pkcs11-tool(1) on SoftHSM.
    std::string tool(const std::string& arguments) const;

    // The URI of a key, with the module that writes down every call.
    std::string uri(const std::string& token, const std::string& label) const;
    // How often a function of PKCS#11 was called since the test began.
    int calls_of(const std::string& function) const;

private:
    OpensslReferee m_referee;
};

}  // namespace umsadm::test
