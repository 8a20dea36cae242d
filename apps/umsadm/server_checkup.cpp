#include "server_checkup.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/deploy/state_folder.hpp"

#include "server_runs.hpp"

namespace umsadm::app {
namespace {

constexpr std::uint64_t k_space_needed = 1024 * 1024;  // a UMS ID has a few KiB
constexpr std::chrono::seconds k_clock_tolerance{60};  // between the servers of a Distributed UMS

// Prints the version, where it says one.
constexpr std::string_view k_program_script = R"sh(
[ -e "$1" ] || exit 3
[ -f "$1" ] && [ -x "$1" ] || exit 4
timeout 20 "$1" -V </dev/null 2>/dev/null | head -n 1 || :
)sh";

constexpr int k_missing = 3;

std::uint64_t number_in(std::string_view text) noexcept {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class Examination {
public:
    Examination(const Context& context, const Site& site, ServerSession& session)
        : m_context(context), m_site(site), m_session(session), m_server(session.server()) {}

    ServerCheckup run() && {
        m_points.good_login(m_server.login, m_session.host());
        if (m_server.ums_id_store == UmsIdStoreKind::file ? look_at_file_folder() : look_at_program()) look_at_ums_id();
        look_at_state_folder();
        look_at_restart();
        look_at_web_port();
        look_at_clock();
        look_at_journal();
        look_at_lock();
        return std::move(m_checkup);
    }

private:
    CommandResult run_script(std::string_view script, std::vector<std::string> args = {}) {
        return m_session.host().run({.script = std::string(script), .args = std::move(args)});
    }

    bool look_at_program() {
        const std::string& program = m_server.umsadmin_cli;
        const CommandResult result = run_script(k_program_script, {program});
        if (result.exit_status == 0) {
            const std::string version(trim(result.text()));
            m_points.good("umsadmin-cli", version.empty()
                                              ? in_quotes(program)
                                              : fmt::format("{}, {}", in_quotes(program), printable(version)));
            return true;
        }
        m_points.bad(Severity::error, "umsadmin-cli-missing",
                     result.exit_status == k_missing
                         ? fmt::format("there is no {} (say where it is with --umsadmin-cli, or --ums-id-store file)",
                                       in_quotes(program))
                         : fmt::format("{} is no program", in_quotes(program)));
        return false;
    }

    bool look_at_file_folder() {
        const std::string folder = Path(m_server.ums_id_path).parent_path().string();
        const CommandResult result = run_script(R"([ -d "$1" ])", {folder});
        if (result.exit_status == 0) return true;
        m_points.bad(Severity::error, "files-missing",
                     fmt::format("there is no folder {} for the UMS ID (say where it is with --ums-id-path)",
                                 in_quotes(folder)));
        return false;
    }

    void look_at_ums_id() {
        try {
            m_checkup.ums_id = m_session.look();
        } catch (const Error& error) {
            if (is_no_access(error)) throw;
            m_points.bad(Severity::error, "ums-id-unreadable", in_words(error));
            return;
        }
        const ServerUmsId& seen = *m_checkup.ums_id;
        if (!seen.fingerprint) {
            m_points.bad(Severity::warning, "no-ums-id", "the server has no UMS ID yet");
        } else if (seen.restart_pending) {
            m_points.bad(Severity::warning, "restart-needed",
                         fmt::format("it was given {} and not restarted since", seen.fingerprint->to_string()));
        } else {
            m_points.good("ums-id", seen.fingerprint->to_string());
        }
    }

    void look_at_state_folder() {
        const std::string folder = in_quotes(m_server.state_path);
        StateFolder seen;
        try {
            seen = umsadm::look_at_state_folder(m_session.host(), m_server.state_path);
        } catch (const Error& error) {
            if (is_no_access(error)) throw;
            m_points.bad(Severity::error, "state-folder",
                         fmt::format("{} (say where another one shall be with --state-path)", in_words(error)));
            return;
        }
        m_has_state_folder = seen.present;
        if (seen.open_to_others) {
            m_points.bad(Severity::warning, "state-folder",
                         fmt::format("{} is open to others; the next change closes it", folder));
        } else {
            m_points.good("state-folder", folder + (seen.present ? ", of root alone" : " will be made"));
        }
        m_points.space(seen.free_bytes, k_space_needed, "for backups");
    }

    void look_at_restart() {
        if (!m_server.restart_command.empty()) {
            m_points.good("restart", fmt::format("with {}", in_quotes(m_server.restart_command)));
        } else if (m_server.ums_id_store == UmsIdStoreKind::umsadmin_cli) {
            m_points.good("restart", "with umsadmin-cli");
        } else {
            m_points.bad(
                Severity::warning, "no-restart-command",
                "it has to be restarted by hand after a sync (say how it is restarted with --restart-command)");
        }
    }

    void look_at_web_port() {
        m_checkup.web_port = m_session.look_at_web_port();
        const WebPort& port = *m_checkup.web_port;
        const std::string endpoint = m_session.web_endpoint().to_string();
        if (port.running) {
            m_points.good("web-port", fmt::format("{} answers ({})", endpoint, port.tls_version));
        } else {
            m_points.bad(Severity::warning, "not-running",
                         fmt::format("{} does not answer: {}", endpoint, printable(port.not_running)));
        }
    }

    void look_at_clock() {
        const UtcTime before = m_context.now();
        const CommandResult result = run_script("date +%s");
        const UtcTime after = m_context.now();
        if (result.exit_status != 0) return;
        const UtcTime there{std::chrono::seconds(number_in(trim(result.text())))};
        // What the way there and back took is no difference.
        std::chrono::seconds ahead{0};
        if (there < before) ahead = there - before;
        if (there > after) ahead = there - after;
        m_checkup.clock_ahead = ahead;
        const std::string text = ahead.count() == 0 ? "as here"
                                                    : fmt::format("{} s {} of this machine", std::abs(ahead.count()),
                                                                  ahead.count() > 0 ? "ahead" : "behind");
        if (std::chrono::abs(ahead) <= k_clock_tolerance) {
            m_points.good("clock", text);
        } else {
            m_points.bad(Severity::warning, "clock-differs",
                         text + "; the clocks of UMS Servers have to agree within a minute");
        }
    }

    void look_at_journal() {
        const auto open = describe_open_server_run(m_context, m_site, m_server.name);
        m_checkup.unfinished_run = open.has_value();
        if (open) m_points.bad(Severity::warning, "unfinished-run", *open);
    }

    void look_at_lock() {
        if (m_has_state_folder && !m_session.host().lock_folder(m_server.state_path)) {
            m_points.bad(Severity::error, "locked", "another umsadm is changing this server right now");
        } else {
            m_points.good("lock", "nobody else is changing this server");
        }
        // The lock goes with the connection.
        m_session.host_handle().reset();
    }

    const Context& m_context;
    const Site& m_site;
    ServerSession& m_session;
    const Server& m_server;
    ServerCheckup m_checkup;
    CheckedPoints& m_points = m_checkup.points;
    bool m_has_state_folder = false;
};

}  // namespace

ServerCheckup check_server(const Context& context, const Site& site, ServerSession& session) {
    return Examination(context, site, session).run();
}

}  // namespace umsadm::app
