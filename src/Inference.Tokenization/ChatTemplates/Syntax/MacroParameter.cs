namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A macro's parameter; the default is evaluated at each call that needs it.</summary>
internal readonly record struct MacroParameter(string Name, Expression? Default);
