#include "output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"

#include "text_width.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_buffer_size = 64 * 1024;

void write_all(int fd, std::string_view bytes, std::string_view what) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw system_error(fmt::format("cannot write to {}", what), errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

// https://no-color.org: any value but an empty one.
bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_smart_terminal(int fd) {
    const char* terminal = std::getenv("TERM");
    return ::isatty(fd) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

bool use_color(ColorMode mode, int fd) {
    if (mode != ColorMode::automatic) return mode == ColorMode::always;
    return !is_set("NO_COLOR") && is_smart_terminal(fd);
}

// Columns and rows of the terminal; a usual one where it does not tell.
winsize terminal_size(int fd) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    return size;
}

// Nobody is left to tell that standard error cannot be written to.
void write_to_stderr(std::string_view text) {
    try {
        write_all(STDERR_FILENO, text, "standard error");
    } catch (const Error&) {
    }
}

Style style_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::error: return Style::bad;
        case Severity::warning: return Style::warning;
        case Severity::info: return Style::plain;
    }
    return Style::plain;
}

}  // namespace

Output::Output(OutputOptions options)
    : m_options(std::move(options)),
      m_color_out(use_color(m_options.color, STDOUT_FILENO)),
      m_color_err(use_color(m_options.color, STDERR_FILENO)),
      m_one_terminal(::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1),
      m_shows_status(!m_options.quiet && is_smart_terminal(STDERR_FILENO)) {}

Output::Output(const Output& whole, OutputPart part)
    : m_options(whole.m_options), m_color_err(whole.m_color_err), m_part(std::move(part)) {
    // Rows for machines are what the whole is asked for.
    m_options.machine_readable = false;
}

Output::~Output() = default;

void Output::result(Json value) { m_result = std::make_unique<Json>(std::move(value)); }

void Output::raw_text(std::string_view text) {
    if (m_part.line) {
        if (text.empty()) return;
        if (text.ends_with('\n')) text.remove_suffix(1);
        for (const std::string& line : split(text, '\n')) m_part.line(line);
        return;
    }
    m_buffer += text;
    if (m_buffer.size() > k_buffer_size) flush();
}

void Output::raw(ByteView bytes) {
    // Straight through: these bytes may be a private key, of which no copy shall stay behind.
    flush();
    write_all(STDOUT_FILENO, as_text(bytes), "standard output");
}

void Output::text(std::string_view line) {
    if (for_people()) raw_text(printable(line) + "\n");
}

void Output::table(const Table& table) {
    if (m_options.machine_readable) {
        if (!m_options.quiet) raw_text(render_for_machines(table, m_options.separator, m_options.header));
    } else if (for_people()) {
        raw_text(render_for_people(table, m_color_out, m_options.header));
    }
}

void Output::details(const std::vector<Detail>& details) {
    Table lines{{{"FIELD"}, {"VALUE"}}, {}, false};
    for (const Detail& detail : details) {
        const std::string label = m_options.machine_readable ? detail.label : "  " + detail.label;
        lines.rows.push_back({label, detail.value});
    }
    table(lines);
}

void Output::findings(const Findings& findings) {
    Table lines{{{"SEVERITY"}, {"CODE"}, {"TEXT"}}, {}, false};
    for (const Finding& finding : findings) {
        lines.rows.push_back(
            {{std::string(severity_name(finding.severity)), style_of(finding.severity)}, finding.code, finding.text});
    }
    table(lines);
    hint_at_explain(findings);
}

void Output::hint_at_explain(const Findings& findings) {
    const auto error = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return finding.severity == Severity::error; });
    if (!for_people() || m_hinted_at_explain || error == findings.end()) return;
    m_hinted_at_explain = true;
    write_error_line(fmt::format("umsadm: {} \"umsadm explain {}\" says what that means and what to do",
                                 painted("hint:", Style::bold, m_color_err), printable(error->code)));
}

void Output::write_error_line(std::string_view line) {
    if (m_part.line) return m_part.line(line);
    const std::lock_guard whole_line(m_error_line);
    erase_status();
    // Who watches both sees them in the order in which they were said.
    if (m_one_terminal && !json()) write_output(std::exchange(m_buffer, {}));
    write_to_stderr(fmt::format("{}\n", line));
    draw_status();
}

void Output::status(std::vector<std::string> lines) {
    if (!m_shows_status) return;
    const std::lock_guard whole_line(m_error_line);
    erase_status();
    m_status = std::move(lines);
    draw_status();
}

void Output::erase_status() {
    if (m_drawn == 0) return;
    write_to_stderr(fmt::format("\033[{}A\033[J", m_drawn));  // up to its first line, and clear from there on
    m_drawn = 0;
}

void Output::draw_status() {
    if (m_status.empty()) return;
    const winsize size = terminal_size(STDERR_FILENO);
    // A line that wraps, or one above the top of the terminal, could not be erased. The last ones say the most.
    const std::size_t room = std::max<std::size_t>(size.ws_row, 2) - 1;
    const std::size_t first = m_status.size() > room ? m_status.size() - room : 0;
    std::string text;
    for (std::size_t i = first; i < m_status.size(); ++i) {
        text += shortened(printable(m_status[i]), std::max<std::size_t>(size.ws_col, 2) - 1U) + '\n';
    }
    m_drawn = m_status.size() - first;
    write_to_stderr(text);
}

void Output::note(std::string_view line) {
    if (m_options.quiet) return;
    for (const std::string& part : split(line, '\n')) write_error_line(printable(part));
}

void Output::step(std::string_view doing) {
    if (m_options.quiet) return;
    if (m_part.step) return m_part.step(printable(doing));
    write_error_line(fmt::format("  {}", printable(doing)));
}

void Output::verbose(std::string_view line) {
    if (m_options.verbose && !m_options.quiet) write_error_line(printable(line));
}

void Output::warning(std::string_view line) {
    if (m_options.quiet) return;
    write_error_line(fmt::format("umsadm: {} {}", painted("warning:", Style::warning, m_color_err), printable(line)));
}

void Output::error(const Error& error) {
    write_error_line(
        fmt::format("umsadm: {} {}", painted("error:", Style::bad, m_color_err), printable(error.message())));
    for (const std::string& frame : error.frames()) {
        write_error_line(fmt::format("umsadm:   while {}", printable(frame)));
    }
    if (!error.hint().empty()) {
        write_error_line(
            fmt::format("umsadm: {} {}", painted("hint:", Style::bold, m_color_err), printable(error.hint())));
    }
}

void Output::document(std::string_view command, const Error* error) {
    Json document{{"schema", "umsadm/1"}, {"command", command}};
    if (m_result == nullptr && error != nullptr) {
        document["error"] = error_json(*error);
    } else {
        document["result"] = m_result == nullptr ? Json::object() : *m_result;
    }
    raw_text(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Output::flush() {
    const std::lock_guard whole_line(m_error_line);
    if (m_one_terminal) erase_status();
    write_output(std::exchange(m_buffer, {}));
    if (m_one_terminal) draw_status();
}

void Output::write_output(std::string_view text) { write_all(STDOUT_FILENO, text, "standard output"); }

Json findings_json(const Findings& findings) {
    Json items = Json::array();
    for (const Finding& finding : findings) {
        items.push_back(
            {{"severity", severity_name(finding.severity)}, {"code", finding.code}, {"text", finding.text}});
    }
    return items;
}

Json error_json(const Error& error) {
    return {{"code", code_name(error.code())},
            {"message", error.message()},
            {"hint", error.hint()},
            {"while", error.frames()}};
}

}  // namespace umsadm::app
