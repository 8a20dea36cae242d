#include "lib/registry/login_record.hpp"

#include <algorithm>

#include "umsadm/base/encoding.hpp"
#include "umsadm/registry/jump.hpp"

#include "lib/registry/field_rules.hpp"
#include "lib/registry/record_writer.hpp"

namespace umsadm {
namespace {

constexpr std::array<NameOf<ProbePath>, 2> k_probe_paths{{{ProbePath::direct, "direct"}, {ProbePath::ssh, "ssh"}}};

// As ssh-keygen(1) prints it: "SHA256:" and 32 bytes in Base64 without padding.
bool is_host_key(std::string_view text) {
    constexpr std::string_view prefix = "SHA256:";
    if (!text.starts_with(prefix)) return false;
    const auto bytes = base64_decode(std::string(text.substr(prefix.size())) + '=');
    return bytes && bytes->size() == 32;
}

}  // namespace

LoginOptions read_login(RecordReader& reader) {
    LoginOptions login;
    login.local = reader.optional_flag("local");
    login.ssh_host = reader.optional_text("ssh_host");
    login.ssh_port = reader.optional_port("ssh_port");
    login.ssh_user = reader.optional_text("ssh_user");
    login.ssh_keys = reader.texts("ssh_keys");
    login.ssh_key_password = reader.secret_source("ssh_key_password");
    login.ssh_agent = reader.optional_flag("ssh_agent");
    login.ssh_password = reader.secret_source("ssh_password");
    login.sudo_password = reader.secret_source("sudo_password");
    login.jump = reader.optional_text("jump");
    login.ssh_config = reader.optional_flag("ssh_config");
    login.host_keys = reader.texts("host_keys");
    login.known_hosts = reader.texts("known_hosts");
    if (reader.has("probe")) login.probe = reader.choice("probe", k_probe_paths);
    return login;
}

void write_login(nlohmann::ordered_json& record, const LoginOptions& login) {
    write_if_any(record, "local", login.local);
    write_if_any(record, "ssh_host", login.ssh_host);
    write_if_any(record, "ssh_port", login.ssh_port);
    write_if_any(record, "ssh_user", login.ssh_user);
    write_if_any(record, "ssh_keys", login.ssh_keys);
    write_if_any(record, "ssh_key_password", login.ssh_key_password);
    write_if_any(record, "ssh_agent", login.ssh_agent);
    write_if_any(record, "ssh_password", login.ssh_password);
    write_if_any(record, "sudo_password", login.sudo_password);
    write_if_any(record, "jump", login.jump);
    write_if_any(record, "ssh_config", login.ssh_config);
    write_if_any(record, "host_keys", login.host_keys);
    write_if_any(record, "known_hosts", login.known_hosts);
    if (login.probe) record["probe"] = name_in(k_probe_paths, *login.probe);
}

void check_login(const LoginOptions& login, Code code) {
    const FieldRules rules(code);
    if (login.ssh_host) rules.ssh_word("ssh_host", *login.ssh_host);
    if (login.ssh_port) rules.port("ssh_port", *login.ssh_port);
    if (login.ssh_user) {
        rules.ssh_word("ssh_user", *login.ssh_user);
        rules.require(*login.ssh_user != "icg", "ssh_user", "must not be \"icg\", the gateway's own service user",
                      "use an account of your own that may use sudo");
    }
    for (const std::string& key : login.ssh_keys) rules.line("ssh_keys", key);
    for (const std::string& file : login.known_hosts) rules.line("known_hosts", file);
    rules.stored_source("ssh_key_password", login.ssh_key_password);
    rules.stored_source("ssh_password", login.ssh_password);
    rules.stored_source("sudo_password", login.sudo_password);
    if (login.jump) {
        rules.require(parse_jump(*login.jump).has_value(), "jump", "must be USER@HOST:PORT",
                      "several are separated by \",\", and \"none\" is for no jump host at all");
    }
    for (const std::string& key : login.host_keys) {
        rules.require(is_host_key(key), "host_keys", "must be a host key's SHA-256 fingerprint",
                      "it looks like SHA256:... with 43 characters, as \"ssh-keygen -lf FILE\" prints it");
    }
}

}  // namespace umsadm
