#include "server_box.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/remote/ssh_host.hpp"

namespace umsadm::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_any_size = 1024 * 1024;

std::string script() { return shell_quoted(UMSADM_SOURCE_DIR "/tests/sandbox/ums_server.sh"); }

std::optional<Fingerprint> fingerprint_by(const std::string& command) {
    const std::string line =
        output_of(command + " 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null || :");
    const auto equals = line.find('=');
    return equals == std::string::npos ? std::nullopt : Fingerprint::parse(trim(line.substr(equals + 1)));
}

}  // namespace

std::string output_of(const std::string& command) {
    FILE* pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string text;
    std::array<char, 4096> buffer{};
    for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        text.append(buffer.data(), count);
    }
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return text;
}

bool has_sandbox_or_says_why() {
    if (!is_root_or_says_why()) return false;
    for (const char* program : {"openssl", "flock", "setpriv", "setsid"}) {
        if (output_of(fmt::format("command -v {} || :", program)).empty()) {
            WARN("skipped: there is no " << program << " on this machine, and the sandbox needs it");
            return false;
        }
    }
    return true;
}

// An EC key instead of the vendor's RSA 4096 saves seconds.
ServerBox::ServerBox(const std::string& options) {
    m_folder = m_temporary.emplace().path() / "server";
    ::chmod(m_temporary->path().c_str(), 0755);  // the SSH user passes through it
    const std::string ssh = options.find("--sudo") == std::string::npos ? " --no-sshd" : "";
    output_of(fmt::format("{} start {} --key ec:P-256{} {}", script(), shell_quoted(folder().string()), ssh, options));
    read_env();
}

ServerBox::ServerBox(const ExistingBox& existing) : m_folder(existing.folder) { read_env(); }

void ServerBox::read_env() {
    m_env = split(read_text_file(folder() / "env", k_any_size), '\n');
    server.name = "ums1";
    server.host = setting("HOST");
    server.web_port = static_cast<std::uint16_t>(std::stoi(setting("WEB_PORT")));
    server.state_path = setting("STATE_PATH");
    server.restart_command = setting("RESTART_COMMAND");
    server.ums_id_path = setting("UMS_ID_PATH");
    server.wait_seconds = 20;
    if (setting("STORE") == "file") {
        server.ums_id_store = UmsIdStoreKind::file;
    } else {
        server.umsadmin_cli = setting("UMSADMIN_CLI");
    }
    host = this_machine();
}

ServerBox::~ServerBox() {
    host.reset();
    if (!m_temporary) return;
    try {
        output_of(fmt::format("{} stop {}", script(), shell_quoted(folder().string())));
    } catch (const std::exception& error) {
        WARN(error.what());
    }
}

std::string ServerBox::setting(const std::string& name) const {
    for (const std::string& line : m_env) {
        if (line.starts_with(name + '=')) return line.substr(name.size() + 1);
    }
    return "";
}

std::unique_ptr<RemoteHost> ServerBox::connect_over_ssh() const {
    static const bool initialised = [] {
        initialise_ssh();
        return true;
    }();
    REQUIRE(initialised);
    const Secret password(trim(read_text_file(setting("SSH_PASSWORD_FILE"), k_any_size)));
    SshTarget target;
    target.endpoint = {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(setting("SSH_PORT")))};
    target.login.user = setting("SSH_USER");
    target.login.password = &password;
    target.login.sudo_password = &password;
    target.host_keys.pinned = {setting("HOST_KEY")};
    return connect_ssh(target);
}

void ServerBox::control(const std::string& name, const std::string& text) const {
    write_text(folder() / "control" / name, text);
}

void ServerBox::behave(const std::string& name) const { fs::remove(folder() / "control" / name); }

std::optional<Fingerprint> ServerBox::identify(const UmsIdReading& reading) const {
    if (!reading.present) return std::nullopt;
    if (reading.file.empty() && (reading.fingerprint || reading.certificate.empty())) return reading.fingerprint;
    const std::string_view text = as_text(reading.certificate);
    if (text.starts_with("-----")) return read_pem_certificates(text).at(0).fingerprint();
    if (reading.file.empty()) return Certificate::from_der(reading.certificate).fingerprint();
    const TemporaryFolder folder;
    write_file(folder.path() / "ums-id.p12", reading.file, 0600, IfExists::replace);
    const auto found = fingerprint_by(fmt::format("openssl pkcs12 -in {}/ums-id.p12 -passin file:{} -nokeys -clcerts",
                                                  shell_quoted(folder.path().string()),
                                                  shell_quoted(setting("UMS_ID_PASSWORD_FILE"))));
    if (!found) throw Error(Code::invalid_data, "this is no PKCS#12 file");
    return found;
}

std::optional<Fingerprint> ServerBox::ums_id() const {
    const std::string data = shell_quoted((folder() / "data").string());
    if (server.ums_id_store == UmsIdStoreKind::umsadmin_cli) return fingerprint_by("cat " + data + "/ums-id.pem");
    return fingerprint_by(fmt::format("openssl pkcs12 -in {}/ums-id.p12 -passin file:{} -nokeys -clcerts", data,
                                      shell_quoted(setting("UMS_ID_PASSWORD_FILE"))));
}

std::optional<Fingerprint> ServerBox::loaded_ums_id() const {
    return fingerprint_by("cat " + shell_quoted((folder() / "service" / "loaded" / "ums-id.crt").string()));
}

// The process counts in hundredths of a second when it was started.
void ServerBox::restart_by_hand() const {
    sleep_for(std::chrono::milliseconds(50), Deadline::in(std::chrono::seconds(1)));
    output_of(shell_quoted((folder() / "restart-server").string()));
    const auto is_served = [&] {
        try {
            return !direct_probe()({{"127.0.0.1", server.web_port}, false, Deadline::in(std::chrono::seconds(1))})
                        .chain.empty();
        } catch (const Error&) {
            return false;
        }
    };
    const Deadline limit = Deadline::in(std::chrono::seconds(10));
    while (!is_served()) {
        REQUIRE_FALSE(limit.passed());
        sleep_for(std::chrono::milliseconds(20), limit);
    }
}

void ServerBox::stop_by_hand() const { output_of(shell_quoted((folder() / "restart-server").string()) + " stop"); }

std::vector<std::string> ServerBox::files_left() const {
    std::vector<std::string> names;
    if (fs::exists(state())) {
        for (const auto& entry : fs::recursive_directory_iterator(state())) {
            if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(state()).string());
            if (entry.path().filename().string().starts_with("transit-")) names.push_back(entry.path().string());
        }
    }
    for (const auto& entry : fs::directory_iterator(folder() / "data")) {
        if (entry.path().filename().string().starts_with(".")) names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace umsadm::test
