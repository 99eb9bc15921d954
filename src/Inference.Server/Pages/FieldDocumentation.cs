using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Inference.Server.Pages;

/// <summary>The doc comments of the wire types, in words for those who only see JSON.</summary>
internal sealed partial class FieldDocumentation
{
    /// <summary>The compiler's documentation file of Inference.Protocol, embedded.</summary>
    public const string ResourceName = "Inference.Protocol.xml";

    private readonly Dictionary<string, XElement> _members;

    /// <summary>Reads the embedded file.</summary>
    public FieldDocumentation()
    {
        using var stream = typeof(FieldDocumentation).Assembly.GetManifestResourceStream(ResourceName)!;
        _members = XDocument.Load(stream).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    /// <summary>What is said of a type, or null.</summary>
    public string? Of(Type type) => Text(Find("T:", type)?.Element("summary"));

    /// <summary>What is said of a property, be it declared in a body or as a record's parameter; or null.</summary>
    public string? Of(PropertyInfo property)
    {
        var owner = property.DeclaringType!;
        return Text(_members.GetValueOrDefault($"P:{owner.FullName}.{property.Name}")?.Element("summary"))
            ?? Text(Find("T:", owner)?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name));
    }

    private XElement? Find(string kind, Type type) => _members.GetValueOrDefault(kind + type.FullName);

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XElement { Name.LocalName: "see" } see => $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(see.Attribute("cref")!.Value.Split('.', ':')[^1])}`",
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement other => other.Value,
                _ => ((XText)node).Value,
            });
        }

        return WhiteSpace().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
