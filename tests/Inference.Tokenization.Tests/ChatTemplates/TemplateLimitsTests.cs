using System.Text.Json;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Tokenization.Tests.ChatTemplates;

/// <summary>Templates that would take the process's time, memory or stack must end with an error that says so.</summary>
public class TemplateLimitsTests
{
    private const int Many = 100_000;

    private static readonly JsonElement BigVariables = JsonSerializer.SerializeToElement(new
    {
        x = string.Concat(Enumerable.Repeat("ab 😀", Many)),
        l = Enumerable.Range(0, Many),
        d = Enumerable.Range(0, Many).ToDictionary(i => $"k{i}"),
    });

    public static TheoryData<string> DeepSources => new(
    [
        "{{ " + Repeat("(") + "1" + Repeat(")") + " }}",
        "{{ " + Repeat("[") + Repeat("]") + " }}",
        "{{ " + Repeat("{1:") + "1" + Repeat("}") + " }}",
        "{{ " + Repeat("-") + "1 }}",
        "{{ " + Repeat("not ") + "1 }}",
        "{{ " + Repeat("1 if 1 else ") + "1 }}",
        "{{ 1" + Repeat("+1") + " }}",
        "{{ 1" + Repeat("~1") + " }}",
        "{{ 1" + Repeat("**1") + " }}",
        "{{ 1" + Repeat(" and 1") + " }}",
        "{{ x" + Repeat("|d") + " }}",
        "{{ x" + Repeat(" is defined") + " }}",
        "{{ x" + Repeat("[0]") + " }}",
        "{{ x" + Repeat("()") + " }}",
        "{{ " + Repeat("f(") + Repeat(")") + " }}",
        "{{ 1" + Repeat("|d(1") + Repeat(")") + " }}",
        "{{ x[" + Repeat("x[") + Repeat("]") + "] }}",
        Repeat("{% if 1 %}") + Repeat("{% endif %}"),
        Repeat("{% for i in [1] %}") + Repeat("{% endfor %}"),
        Repeat("{% macro m() %}") + Repeat("{% endmacro %}"),
        Repeat("{% filter upper %}") + Repeat("{% endfilter %}"),
        "{{ " + new string('x', 1000) + " }}",
        "{% set " + Repeat("(") + "a" + Repeat(")") + " = 1 %}",
        "{% for " + Repeat("(") + "a" + Repeat(")") + " in 1 %}{% endfor %}",
    ]);

    public static TheoryData<string> RunawayTemplates => new(
    [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{{ range(100000)|list }}{% endfor %}",
        "{% for a in range(100000) %}{{ range(100000)|sum }}{% endfor %}",
        "{% for a in range(100000) %}{{ -1 in range(100000) }}{% endfor %}",
        "{% for a in range(100000) %}{{ range(100000)|sort|length }}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s|replace('x', 'xx') %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s|replace('', 'x') %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s.join(ns.s) %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = '%(a)s%(a)s' % {'a': ns.s} %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = '{0}{0}'.format(ns.s) %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s]|join %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = (ns.s, ns.s)|string %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(a=1, b=1) %}{% for i in l[:99] %}"
            + "{% set ns.a, ns.b = [ns.a, ns.a], [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(a=1, b=2) %}{% for i in range(100000) %}{% set ns.a, ns.b = [ns.a], [ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
        "{% set ns = namespace(a=1, b=2) %}{% for i in range(100000) %}{% set ns.a, ns.b = [ns.a], [ns.b] %}{% endfor %}{{ ns.a < ns.b }}",
        "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
        "{% set ns = namespace(g=[1]) %}{% for i in range(100000) %}{% set ns.g = ns.g|map('string') %}{% endfor %}{{ ns.g|list }}",
        "{% set ns = namespace(g=[1]) %}{% for i in range(100000) %}{% set ns.g = ns.g|select %}{% endfor %}{{ ns.g|first }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' * 99999999999999999999999 }}",
        "{{ [1] * 1000000000 }}",
        "{{ 10 ** 1000000 }}",
        "{{ 10 ** 1000 ** 1000 }}",
        "{% set ns = namespace(n=3) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
        "{{ range(100001) }}",
        "{{ range(-9223372036854775808, 9223372036854775807) }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ 'x'.zfill(1000000000) }}",
        "{{ 'x'|indent(1000000000) }}",
        "{{ [1]|tojson(indent=1000000000) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%.1000000000f' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:.1000000000f}'.format(1) }}",
        "{{ [1]|batch(1000000000, 'x')|list }}",
        "{{ [1]|slice(1000000000)|list }}",
        "{% for i in range(100000) %}{{ strftime_now('%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c') }}{% endfor %}",
        "{% for i in range(100000) %}{{ x[1] }}{% endfor %}",
        "{% for i in range(100000) %}{{ x|length }}{% endfor %}",
        "{% for i in range(100000) %}{{ x[1:] is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ x|trim is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ x.find('zzz') }}{% endfor %}",
        "{% for i in range(100000) %}{{ x.split() is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ x.count('ab') }}{% endfor %}",
        "{% for i in range(100000) %}{{ x == x[1:] }}{% endfor %}",
        "{% for i in range(100) %}{{ x[1000:] in x }}{% endfor %}",
        "{% for i in range(100000) %}{{ x|int }}{{ x|float }}{% endfor %}",
        "{% for i in range(100000) %}{{ x is lower }}{% endfor %}",
        "{% for i in range(100000) %}{{ '{}'.format(x) is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ ('%s' % x) is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ x in d }}{{ d[x] }}{{ d.get(x) }}{% endfor %}",
        "{% for i in range(100000) %}{{ {x: 1}|length }}{{ dict([(x, 1)])|length }}{% endfor %}",
        "{% for i in range(100000) %}{{ [x, x]|unique|list|length }}{% endfor %}",
        "{% for i in range(100000) %}{{ l|map(attribute=x)|length }}{% endfor %}",
        "{% for i in range(100000) %}{{ l|sort(attribute=x)|length }}{% endfor %}",
        "{% macro m() %}{{ kwargs|length }}{% endmacro %}{% for i in range(100000) %}{{ m(**d) }}{% endfor %}",
        "{% macro m() %}{{ varargs|length }}{% endmacro %}{% for i in range(100000) %}{{ m(*l) }}{% endfor %}",
        "{% for i in range(100000) %}{{ x }}{% endfor %}",
        "{% for i in range(100000) %}{% set y = x ~ i %}{% endfor %}",
        "{% for i in range(100000) %}{% set y %}{{ x }}{% endset %}{% endfor %}",
        "{% for i in range(100000) %}{{ l is sameas l }}{{ l|list is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ l[::-1] is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ d.keys() is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ d.items() is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ dict(d) is string }}{% endfor %}",
        "{% for i in range(100000) %}{{ d|string|length }}{% endfor %}",
    ]);

    [Theory]
    [MemberData(nameof(DeepSources), DisableDiscoveryEnumeration = true)]
    public void DeepSource_IsRefusedWithoutOverflowingTheStack(string source)
    {
        var error = OnSmallStack(() => TemplateCases.Render(source));

        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
        Assert.True(error.Message.Length < 200, error.Message);
    }

    [Theory]
    [MemberData(nameof(RunawayTemplates))]
    public void RunawayTemplate_IsStopped(string template)
    {
        var limits = new TemplateLimits { MaxSteps = 1_000_000 }; // fewer than the default, to save the suite's time

        var error = OnSmallStack(() => ChatTemplate.Parse(template, limits).Render(TemplateCases.Input(BigVariables)));

        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void Steps_Exceeded_SaysSo()
    {
        var template = ChatTemplate.Parse("{% for i in range(100) %}{{ i }}{% endfor %}", new TemplateLimits { MaxSteps = 100 });

        var error = Assert.Throws<ChatTemplateException>(() => template.Render(TemplateCases.Input(JsonElement.Parse("{}"))));

        Assert.Equal("chat template, line 1: more than 100 steps", error.Message);
    }

    [Theory]
    [InlineData("{{ 'x' * 1000 }}", 1000)]
    [InlineData("{% for i in range(1000) %}x{% endfor %}", 1000)]
    public void Output_AtTheLimit_IsAllowedAndBeyondNot(string source, int length)
    {
        var input = TemplateCases.Input(JsonElement.Parse("{}"));

        Assert.Equal(length, ChatTemplate.Parse(source, new TemplateLimits { MaxTextLength = length }).Render(input).Length);
        var error = Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Parse(source, new TemplateLimits { MaxTextLength = length - 1 }).Render(input));
        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void Source_TooLong_IsRefused()
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(new string('x', (1 << 20) + 1)));

        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void LongPrompt_StaysWithinTheBudget()
    {
        var content = new string('x', 1_000_000);
        var variables = JsonSerializer.SerializeToElement(new { messages = Enumerable.Repeat(new { role = "user", content }, 4) });

        var text = TemplateCases.Render(
            "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] | trim + '\n' }}{% endfor %}", variables);

        Assert.Equal(4 * (content.Length + 9), text.Length);
    }

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, Many));

    /// <summary>What a render throws on a thread whose stack is as small as any that a server may use.</summary>
    private static ChatTemplateException OnSmallStack(Action render)
    {
        const int StackBytes = 512 * 1024;
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    render();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    thrown = e;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        return Assert.IsType<ChatTemplateException>(thrown);
    }
}
