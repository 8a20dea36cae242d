#include "gateway_checkup.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "certificate_view.hpp"
#include "gateway_change.hpp"
#include "keystore_view.hpp"
#include "local_time.hpp"

namespace umsadm::app {
namespace {

constexpr std::uint64_t k_spare_bytes = 1024 * 1024;
constexpr std::uint64_t k_copies = 3;  // the live one, the new one and the backup

std::string_view keystore_code(const Error& error) noexcept {
    switch (error.code()) {
        case Code::refused: return "keystore-format";
        case Code::not_found:
        case Code::ambiguous: return "keystore-alias";
        default: return "keystore-unreadable";
    }
}

bool holds_ca_key(const KeystoreEntry& entry, const std::string& serving_alias) {
    const auto* const key = std::get_if<KeyEntry>(&entry);
    if (key == nullptr || key->alias == serving_alias || key->chain.empty()) return false;
    try {
        return Certificate::from_der(key->chain.front()).is_ca();
    } catch (const Error&) {
        return false;  // nobody knows what it is; it is carried over as it is
    }
}

class Examination {
public:
    Examination(Context& context, const Site& site, GatewaySession& session)
        : m_context(context), m_site(site), m_session(session), m_gateway(session.gateway()) {}

    Checkup run() && {
        m_points.good_login(m_gateway.login, m_session.host());
        if (look_at_files()) {
            look_at_space();
            look_at_keystore();
            look_at_restart();
        }
        look_at_port();
        look_at_certificate();
        look_at_health();
        look_at_journal();
        look_at_lock();
        return std::move(m_checkup);
    }

private:
    bool look_at_files() {
        try {
            m_checkup.state = &m_session.observe();
        } catch (const Error& error) {
            if (is_no_access(error)) throw;
            m_points.bad(Severity::error, error.code() == Code::not_found ? "files-missing" : "files-unreadable",
                         in_words(error));
            return false;
        }
        const RemoteFile& file = m_checkup.state->keystore;
        m_points.good("files", fmt::format("keystore {}, {} bytes, owner {}:{}, mode {:04o}", in_quotes(file.path),
                                           file.content.size(), file.owner, file.group, file.mode));
        return true;
    }

    void look_at_space() {
        const std::uint64_t needed = k_copies * m_checkup.state->keystore.content.size() + k_spare_bytes;
        m_points.space(m_checkup.state->free_bytes, needed, "beside the keystore");
    }

    void look_at_keystore() {
        try {
            m_checkup.keystore =
                read_present_keystore(m_checkup.state->keystore, m_session.passwords(), m_session.alias());
        } catch (const Error& error) {
            if (is_no_access(error)) throw;
            m_points.bad(Severity::error, keystore_code(error), in_words(error));
            return;
        }
        const PresentKeystore& present = *m_checkup.keystore;
        const std::vector<KeystoreEntry> entries = visible_entries(present.decoded.keystore);
        m_points.good("keystore", fmt::format("{}, {} entries, key entry {}, both passwords right",
                                              store_format_name(present.decoded.keystore.format), entries.size(),
                                              in_quotes(present.alias)));
        for (const Finding& finding : present.decoded.findings)
            m_points.bad(finding.severity, finding.code, finding.text);
        for (const KeystoreEntry& entry : entries) {
            if (!holds_ca_key(entry, present.alias)) continue;
            m_points.bad(
                Severity::warning, "ca-key-in-keystore",
                fmt::format("it holds the private key of a CA under {}; an update leaves only its certificate there",
                            in_quotes(alias_of(entry))));
        }
    }

    void look_at_restart() {
        if (!m_gateway.restart_command.empty()) {
            m_points.good("restart", fmt::format("with {}", in_quotes(m_gateway.restart_command)));
            return;
        }
        const std::string command = default_restart_command(m_checkup.state->has_systemd_service);
        const std::string program = command.substr(0, command.find(' '));
        const CommandResult result =
            m_session.host().run({.script = R"(command -v "$1" >/dev/null)", .args = {program}});
        if (result.exit_status == 0) {
            m_points.good("restart", fmt::format("with {}", in_quotes(command)));
        } else {
            m_points.bad(
                Severity::error, "no-restart-command",
                "the gateway has neither the service icg-server nor /etc/init.d/tomcat (say how it is restarted with "
                "--restart-command)");
        }
    }

    void look_at_port() {
        const std::string endpoint = Endpoint{m_gateway.host, m_gateway.port}.to_string();
        try {
            m_checkup.served = m_session.look_at_port();
        } catch (const Error& error) {
            // Only the probe failed: the connection to the host itself is fine, unless the probe went through it.
            if (error.code() != Code::unreachable) throw;
            m_points.bad(Severity::error, "port-unreachable", in_words(error));
            return;
        }
        if (m_checkup.served->chain.empty()) {
            m_points.bad(Severity::warning, "not-served",
                         fmt::format("{} serves nothing: {}", endpoint, m_checkup.served->nothing_reason));
            return;
        }
        const Certificate& leaf = m_checkup.served->chain.front();
        if (m_checkup.keystore && m_checkup.keystore->chain.front() != leaf) {
            m_points.bad(
                Severity::warning, "served-differs",
                fmt::format(
                    "{} serves {}, and the keystore holds {}: it was not restarted, or another keystore is used",
                    endpoint, leaf.fingerprint().to_string(),
                    m_checkup.keystore->chain.front().fingerprint().to_string()));
            return;
        }
        m_points.good("served",
                      fmt::format("{} serves {}{} ({})", endpoint, in_quotes(leaf.subject()),
                                  m_checkup.keystore ? " from this keystore" : "", m_checkup.served->tls_version));
    }

    // What the devices see, else what they would see.
    const Certificate* current() const {
        if (m_checkup.served && !m_checkup.served->chain.empty()) return &m_checkup.served->chain.front();
        return m_checkup.keystore ? &m_checkup.keystore->chain.front() : nullptr;
    }

    void look_at_certificate() {
        const Certificate* const certificate = current();
        if (certificate == nullptr) return;
        const UtcTime end = certificate->not_after();
        const UtcTime now = m_context.now();
        const std::string text = fmt::format("valid until {} ({})", format_local(end), days_left_in_words(end, now));
        switch (expiry_of(end, now, k_expires_soon_days)) {
            case Expiry::expired: return m_points.bad(Severity::warning, "expired", text);
            case Expiry::soon: return m_points.bad(Severity::warning, "expires-soon", text);
            case Expiry::later: return m_points.good("certificate", text);
        }
    }

    void look_at_health() {
        if (m_gateway.health == HealthRule::off || !m_checkup.served || m_checkup.served->chain.empty()) return;
        const Health health = m_checkup.served->health;
        const std::string text = fmt::format("the health page says {}", health_name(health));
        if (health == Health::ok || (health == Health::warn && m_gateway.health == HealthRule::automatic)) {
            m_points.good("health", text);
        } else if (m_gateway.health == HealthRule::require) {
            m_points.bad(Severity::error, "health", text + ", and an update would require \"ok\"");
        } else if (health == Health::absent) {
            m_points.good("health", "no health page: it will not be asked");
        } else {
            m_points.bad(Severity::warning, "health", text);
        }
    }

    void look_at_journal() {
        const auto open = describe_open_run(m_context, m_site, m_gateway.name);
        m_checkup.unfinished_run = open.has_value();
        if (open) m_points.bad(Severity::warning, "unfinished-run", *open);
    }

    void look_at_lock() {
        if (m_checkup.state == nullptr) return;
        const std::string folder = Path(m_checkup.state->keystore.path).parent_path().string();
        if (m_session.host().lock_folder(folder)) {
            m_points.good("lock", "nobody else is changing the keystore");
        } else {
            m_points.bad(Severity::error, "locked", "another umsadm is changing the keystore right now");
        }
        // The lock goes with the connection.
        m_session.host_handle().reset();
    }

    Context& m_context;
    const Site& m_site;
    GatewaySession& m_session;
    const Gateway& m_gateway;
    Checkup m_checkup;
    CheckedPoints& m_points = m_checkup.points;
};

}  // namespace

Checkup check_gateway(Context& context, const Site& site, GatewaySession& session) {
    return Examination(context, site, session).run();
}

}  // namespace umsadm::app
