#include "unit/crypto/openssl_referee.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "umsadm/crypto/pem.hpp"

namespace umsadm::test {

CommandOutput run_in(const std::filesystem::path& folder, const std::string& line) {
    const std::string whole = "cd '" + folder.string() + "' && { " + line + "\n} 2>&1 < /dev/null";
    FILE* pipe = ::popen(whole.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot start a shell");
    CommandOutput output;
    std::array<char, 4096> buffer{};
    for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.text.append(buffer.data(), count);
    }
    const int status = ::pclose(pipe);
    output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

bool has_tool(const std::string& name) {
    if (run_in("/", "command -v " + name).status == 0) return true;
    WARN("skipped: " << name << " is not installed");
    return false;
}

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const std::filesystem::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

OpensslReferee::OpensslReferee() {
    std::string name = (std::filesystem::temp_directory_path() / "umsadm-referee-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
    m_folder = name;
}

OpensslReferee::~OpensslReferee() {
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

std::string OpensslReferee::must(const std::string& line) const {
    const CommandOutput output = run(line);
    if (output.status != 0) throw std::runtime_error(line + "\n" + output.text);
    return output.text;
}

void OpensslReferee::make_key(const std::string& name, const std::string& algorithm) const {
    must("openssl genpkey -algorithm " + algorithm + " -out " + name + ".key");
}

void OpensslReferee::need_key(const std::string& name) const {
    if (!std::filesystem::exists(m_folder / (name + ".key"))) make_key(name);
}

Certificate OpensslReferee::self_signed(const std::string& name, const std::string& subject,
                                        const std::string& extensions, int days, const std::string& options) const {
    need_key(name);
    write_text(m_folder / (name + ".cnf"),
               "[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\n" + extensions);
    must("openssl req -x509 -new -key " + name + ".key -subj '" + subject + "' -utf8 -config " + name + ".cnf -days " +
         std::to_string(days) + " " + options + " -out " + name + ".pem");
    return certificate(name);
}

Certificate OpensslReferee::signed_by(const std::string& issuer, const std::string& name, const std::string& subject,
                                      const std::string& extensions, int days, const std::string& options) const {
    need_key(name);
    write_text(m_folder / "req.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
    write_text(m_folder / (name + ".ext"), extensions);
    must("openssl req -new -key " + name + ".key -subj '" + subject + "' -utf8 -config req.cnf -out " + name + ".csr");
    must("openssl x509 -req -in " + name + ".csr -CA " + issuer + ".pem -CAkey " + issuer +
         ".key -CAcreateserial -days " + std::to_string(days) + " -extfile " + name + ".ext " + options + " -out " +
         name + ".pem");
    return certificate(name);
}

Certificate OpensslReferee::certificate(const std::string& name) const {
    return read_pem_certificates(read_text(m_folder / (name + ".pem"))).front();
}

PrivateKey OpensslReferee::key(const std::string& name) const {
    return PrivateKey::from_pem(read_text(m_folder / (name + ".key")), nullptr);
}

}  // namespace umsadm::test
