namespace Inference.Server.Parsing;

/// <summary>Where a character is, seen from a JSON value.</summary>
internal enum JsonScan
{
    /// <summary>White space before it.</summary>
    Before,

    /// <summary>Part of it, and not known to be its last.</summary>
    Inside,

    /// <summary>Its last character.</summary>
    Last,

    /// <summary>Not part of it any more: the value ended before.</summary>
    After,
}
