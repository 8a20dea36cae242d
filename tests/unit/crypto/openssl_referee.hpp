#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"

namespace umsadm::test {

struct CommandOutput {
    int status = 0;
    std::string text;  // stdout and stderr

    bool contains(std::string_view part) const { return text.find(part) != std::string::npos; }
};

// Runs a line with sh in `folder`.
CommandOutput run_in(const std::filesystem::path& folder, const std::string& line);

// Whether a program is installed; says so when it is not.
bool has_tool(const std::string& name);

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);

// openssl(1) in a folder of its own, which goes with it. Everything has a name: NAME.key, NAME.pem.
class OpensslReferee {
public:
    OpensslReferee();
    ~OpensslReferee();
    OpensslReferee(const OpensslReferee&) = delete;
    OpensslReferee& operator=(const OpensslReferee&) = delete;

    const std::filesystem::path& folder() const noexcept { return m_folder; }

    // Runs a line with sh in the folder.
    CommandOutput run(const std::string& line) const { return run_in(m_folder, line); }
    // The same; a failure is an error of the test.
    std::string must(const std::string& line) const;

    // What openssl(1) calls an algorithm with its options, for example "rsa -pkeyopt rsa_keygen_bits:2048".
    void make_key(const std::string& name, const std::string& algorithm = "ec -pkeyopt ec_paramgen_curve:P-256") const;

    // `extensions`: lines of an OpenSSL configuration. A key of that name that is there already is used.
    Certificate self_signed(const std::string& name, const std::string& subject, const std::string& extensions,
                            int days = 3650, const std::string& options = "-sha256") const;
    Certificate signed_by(const std::string& issuer, const std::string& name, const std::string& subject,
                          const std::string& extensions, int days = 365, const std::string& options = "-sha256") const;

    Certificate certificate(const std::string& name) const;
    PrivateKey key(const std::string& name) const;

private:
    void need_key(const std::string& name) const;

    std::filesystem::path m_folder;
};

// The usual extensions.
inline const std::string k_ca =
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\n";
inline const std::string k_leaf =
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=serverAuth,clientAuth\nsubjectKeyIdentifier=hash\n";

}  // namespace umsadm::test
